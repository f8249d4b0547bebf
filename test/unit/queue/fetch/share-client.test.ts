import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { ShareClient } from '../../../../src/queue/fetch/share-client.js';
import { sendingFolder } from '../../../../src/queue/fetch/sending-folder.js';
import type { Share } from '../../../../src/queue/job/share.js';
import { ShareServer, type Serving } from '../../../../src/queue/offer/share-server.js';
import { madeOf, smallOffer, smallPlan } from '../../../support/offered.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/*
 * The two sides together, with something between them that cuts connections as networks do.
 */

process.env['VSR_TEST_QUEUE_LOCK_MS'] = '1500';

const place = temporaryFolder();
const clip = 'a'.repeat(12);
const never = new AbortController().signal;
const source = Buffer.alloc(3_000_000, 'abcdefg');
const work = path.join(place, 'one', 'out.mp4.vsr-work');
let server: ShareServer;
let serving: Serving;
/** Bytes after which the next connections are cut, in both directions; emptied one by one. */
const cuts: number[] = [];
let connections = 0;
let proxy: net.Server;
let cutShare: Share;

before(async () => {
  const wish = { host: '127.0.0.1', port: 0, reachedAt: '127.0.0.1', tls: null };
  server = await ShareServer.open(wish);
  const offer = await smallOffer(path.join(place, 'one'), source);
  serving = await server.offer(clip, { ...offer, most: { video: 2e6, rows: 1e6 } });
  const { port } = new URL(serving.share.url);
  proxy = net.createServer((near) => {
    connections++;
    const far = net.connect(Number(port), '127.0.0.1');
    let left = cuts.shift() ?? Infinity;
    const end = (): void => [near, far].forEach((each) => each.destroy());
    const pass = (to: net.Socket) => (data: Buffer) => {
      to.write(data.subarray(0, Math.max(0, left)));
      left -= data.length;
      if (left <= 0) setTimeout(end, 20);
    };
    near.on('data', pass(far)).on('error', end).on('close', end);
    far.on('data', pass(near)).on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port: own } = proxy.address() as net.AddressInfo;
  cutShare = { ...serving.share, url: `http://127.0.0.1:${own}` };
});
after(async () => {
  proxy.close();
  await server[Symbol.asyncDispose]();
});

test('a source that comes in pieces is whole, and no byte before a cut comes twice', async () => {
  const client = new ShareClient(cutShare, clip, never);
  const [file] = (await client.describe()).files;
  const to = path.join(place, 'fetched.mp4');
  connections = 0;
  cuts.push(1_000_000, 1_500_000);
  await client.fetch(file!, to);
  assert.ok(source.equals(await readFile(to)));
  assert.equal(connections, 3);
  // What an earlier source has left is noticed by its hash.
  const again = path.join(place, 'again.mp4');
  await writeFile(`${again}.part`, 'what was here before');
  await client.fetch(file!, again);
  assert.ok(source.equals(await readFile(again)));
});

test('a file whose hash stays wrong, or that does not end, is never taken', async () => {
  const client = new ShareClient(serving.share, clip, never);
  const [file] = (await client.describe()).files;
  const to = path.join(place, 'wrong.mp4');
  await assert.rejects(client.fetch({ ...file!, sha256: 'f'.repeat(64) }, to), {
    code: 'disk',
    message: /^source0\.mp4 came with another length or hash than http.* says, 3 times\.$/,
  });
  await assert.rejects(client.fetch({ ...file!, sizeBytes: 1000 }, to), { code: 'busy' });
  assert.ok(!(await readdir(place)).includes('wrong.mp4'));
});

test('a segment that is cut off on its way is sent again under another name, and counts once', async () => {
  const own = path.join(place, 'own');
  await mkdir(own);
  const client = new ShareClient(cutShare, clip, never);
  const folder = sendingFolder(own, smallPlan, { from: 1, to: 3 }, client);
  assert.deepEqual(
    folder.plan.segments.map(({ number }) => number),
    [1, 2],
  );
  const segment = smallPlan.segments[1]!;
  assert.equal(await folder.finished(segment), null);
  const { video, rows } = folder.files(segment);
  const bytes = 'v'.repeat(1_000_000);
  await writeFile(video, bytes);
  await writeFile(rows, 'rows');
  // In the middle of the video; then between the record and its answer.
  cuts.push(300_000, Infinity, Infinity, 1_050);
  const record = await folder.finish(segment, madeOf(bytes, 'rows'));
  const { attempt, ...made } = record;
  assert.deepEqual(made, madeOf(bytes, 'rows'));
  assert.deepEqual(await folder.finished(segment), record);
  assert.equal(await readFile(path.join(work, `seg-00001.${attempt}.video`), 'utf8'), bytes);
  assert.deepEqual(await readdir(own), [], 'nothing stays on the worker');
  assert.ok(!(await readdir(work)).some((name) => name.endsWith('.part')));
});

test('a submitter that is gone makes the job wait; a stop ends the wait at once', async () => {
  const gone = { ...serving.share, url: 'http://127.0.0.1:9' };
  await assert.rejects(new ShareClient(gone, clip, never).describe(), {
    code: 'busy',
    message: /^The submitter at http:\/\/127\.0\.0\.1:9 is out of reach .* waits until/,
  });
  const other = { ...serving.share, token: 'x'.repeat(43) };
  await assert.rejects(new ShareClient(other, clip, never).describe(), { code: 'busy' });
  const stop = new AbortController();
  const asking = new ShareClient(gone, clip, stop.signal).describe();
  stop.abort();
  await assert.rejects(asking, { code: 'interrupted' });
});

test('a submitter whose disk is full fails the job by that, and does not only make it wait', async () => {
  const full = http.createServer((_, response) => {
    response.writeHead(507).end(JSON.stringify({ error: 'No room.' }));
  });
  await new Promise<void>((resolve) => full.listen(0, '127.0.0.1', resolve));
  const { port } = full.address() as net.AddressInfo;
  const share = { ...serving.share, url: `http://127.0.0.1:${port}` };
  await assert.rejects(new ShareClient(share, clip, never).describe(), {
    code: 'disk',
    message: /^The submitter at http.* fails: No room\.$/,
  });
  full.close();
});

test('with TLS the one certificate of the job is taken, and no other', async () => {
  const made = ['one', 'two'].map((name) => {
    const [certFile, keyFile] = ['cert', 'key'].map((kind) =>
      path.join(place, `${name}-${kind}.pem`),
    ) as [string, string];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '2', '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certFile],
      ],
      { stdio: 'ignore' },
    );
    return { certFile, keyFile };
  });
  const open = (tls: (typeof made)[number]) =>
    ShareServer.open({ host: '127.0.0.1', port: 0, reachedAt: '127.0.0.1', tls });
  await using one = await open(made[0]!);
  await using two = await open(made[1]!);
  const offer = await smallOffer(path.join(place, 'tls'), source);
  const [first, second] = [await one.offer(clip, offer), await two.offer(clip, offer)];
  assert.match(first.share.url, /^https:/);
  const told = await new ShareClient(first.share, clip, never).describe();
  assert.equal(told.files[0]!.sizeBytes, source.length);
  const mixed = { ...first.share, certificate: second.share.certificate };
  await assert.rejects(new ShareClient(mixed, clip, never).describe(), {
    code: 'queue',
    message: /has another certificate than the job names/,
  });
  await assert.rejects(open({ certFile: made[0]!.certFile, keyFile: made[1]!.keyFile }), {
    code: 'queue',
    message: /^Expected a certificate and its key/,
  });
});
