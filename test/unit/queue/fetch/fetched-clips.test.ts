import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { FetchedClips } from '../../../../src/queue/fetch/fetched-clips.js';
import { newShareToken, sharedRoot, type Share } from '../../../../src/queue/job/share.js';
import { ShareServer } from '../../../../src/queue/offer/share-server.js';
import { smallOffer, smallPlan } from '../../../support/offered.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

process.env['VSR_TEST_QUEUE_LOCK_MS'] = '1500';
const place = temporaryFolder();
process.env['TMPDIR'] = place;

const never = new AbortController().signal;
const source = Buffer.alloc(100_000, 'abc');
let server: ShareServer;

before(async () => {
  const wish = { host: '127.0.0.1', port: 0, reachedAt: '127.0.0.1', tls: null };
  server = await ShareServer.open(wish);
});
after(() => server[Symbol.asyncDispose]());

const refOf = (clip: string, output = 'studio/home/out.mp4') => ({
  ...{ clip, job: 'b'.repeat(64) },
  input: { root: sharedRoot, path: 'studio/home/one.mp4' },
  output: { root: sharedRoot, path: output },
});

/** Offers a source under the name of a clip. */
async function offered(clip: string): Promise<Share> {
  return (await server.offer(clip, await smallOffer(path.join(place, clip), source))).share;
}

const own = async (): Promise<string[]> =>
  (await readdir(os.tmpdir())).filter((name) => name.startsWith('vsr-share-'));

test('a clip is fetched once, planned by what its submitter planned, and goes when it is over', async () => {
  const clip = 'a'.repeat(12);
  const share = await offered(clip);
  {
    await using clips = new FetchedClips();
    const found = await clips.open(refOf(clip), share, never);
    assert.ok(source.equals(await readFile(found.source)));
    assert.equal(path.basename(found.output), 'output.mp4');
    const plan = JSON.parse(await readFile(path.join(found.workFolder, 'plan.json'), 'utf8')) as {
      sourceModifiedMs: number;
      segments: unknown;
    };
    assert.deepEqual(plan.segments, smallPlan.segments);
    assert.equal(plan.sourceModifiedMs, (await stat(found.source)).mtimeMs);
    const { ino } = await stat(found.source);
    await clips.open(refOf(clip), share, never);
    assert.equal((await stat(found.source)).ino, ino, 'not fetched again');
    await clips.tidy((id) => Promise.resolve(id === clip));
    await stat(found.source);
    await clips.tidy(() => Promise.resolve(false));
    await assert.rejects(stat(found.source));
    assert.equal((await own()).length, 1);
  }
  assert.deepEqual(await own(), []);
});

test('names of a stranger lead nowhere', async () => {
  const clip = 'c'.repeat(12);
  await using clips = new FetchedClips();
  const odd = refOf(clip, 'x/../../out.mp4/../.bashrc');
  const { finding, output } = await clips.open(odd, await offered(clip), never);
  assert.equal(path.basename(output), 'output');
  const [folder] = await own();
  assert.ok(output.startsWith(path.join(place, folder!)));
  assert.equal(
    await finding.fromShared({ root: sharedRoot, path: 'model1.onnx' }, 'model'),
    path.join(path.dirname(output), 'model1.onnx'),
  );
  for (const [root, name] of [
    ['media', 'model1.onnx'],
    [sharedRoot, '../model1.onnx'],
    [sharedRoot, '/etc/passwd'],
    [sharedRoot, 'a/b.onnx'],
    [sharedRoot, '..'],
    [sharedRoot, 'model1.onnx\n'],
  ] as const) {
    await assert.rejects(finding.fromShared({ root, path: name }, 'model'), { code: 'queue' });
  }
});

test('a submitter that is away is not asked again for each of its jobs', async () => {
  const clip = 'd'.repeat(12);
  const share = { ...(await offered(clip)), token: newShareToken() };
  await using clips = new FetchedClips();
  const first = await clips.open(refOf(clip), share, never).catch((error: unknown) => error);
  assert.equal((first as { code: string }).code, 'busy');
  const again = await clips.open(refOf(clip), share, never).catch((error: unknown) => error);
  assert.equal(again, first, 'the same error, without asking');
  // Submitted again it has another token.
  await clips.open(refOf(clip), await offered(clip), never);
});
