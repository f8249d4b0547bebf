import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { attachedFolder } from '../../../../src/queue/job/attached-folder.js';
import { sha256Of } from '../../../../src/upscale/plan/identity.js';
import type { Segment } from '../../../../src/upscale/segments/segment-plan.js';
import { planVersion, type StoredPlan } from '../../../../src/upscale/segments/stored-plan.js';
import type { WorkFolder } from '../../../../src/upscale/segments/work-folder.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const place = temporaryFolder();
const segments: Segment[] = [0, 1].map((number) => ({
  number,
  from: null,
  to: null,
  seekTo: null,
}));
const plan: StoredPlan = {
  ...{ version: planVersion, vsr: '1', ffmpeg: '5', job: 'j', sourceModifiedMs: 0, source: {} },
  ...{ models: [], settings: {}, segments },
};

async function newFolder(name: string): Promise<string> {
  const folder = path.join(place, name);
  await mkdir(folder);
  return folder;
}

/** Makes a segment's files as an encoder does. */
async function made(folder: WorkFolder, segment: Segment, video: string) {
  const files = folder.files(segment);
  await writeFile(files.video, video);
  await writeFile(files.rows, 'rows');
  return {
    ...{ frames: 3, firstPts: 0, provider: 'cpu', precision: 'fp32', reused: 0, truncated: false },
    ...{ damagedFrames: [], messages: [], sizeChanges: [], formChanges: [], lostPackets: 0 },
    complaints: { count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
    videoSha256: await sha256Of(files.video),
    rowsSha256: await sha256Of(files.rows),
  };
}

test('of two attempts at a segment the first one counts, and the late one leaves nothing', async () => {
  const at = await newFolder('twice');
  const [first, late] = [0, 1].map(() => attachedFolder(at, plan, { from: 0, to: 2 }));
  const segment = segments[0]!;
  const [mine, theirs] = [await made(first!, segment, 'a'), await made(late!, segment, 'b')];
  const kept = await first!.finish(segment, mine);
  const before = await readFile(path.join(at, 'seg-00000.json'), 'utf8');
  assert.deepEqual(await late!.finish(segment, theirs), kept);
  assert.equal(await readFile(path.join(at, 'seg-00000.json'), 'utf8'), before);
  assert.deepEqual(await late!.finished(segment), kept);
  assert.equal(await readFile(late!.files(segment, kept).video, 'utf8'), 'a');
  assert.equal((await readdir(at)).length, 3, 'a video, its rows and a record');
});

test('a record whose file is not whole gives way to one that is', async () => {
  const at = await newFolder('broken');
  const folder = attachedFolder(at, plan, { from: 1, to: 2 });
  assert.deepEqual(folder.plan.segments, [segments[1]]);
  const segment = segments[1]!;
  const broken = attachedFolder(at, plan, { from: 1, to: 2 });
  const lost = await broken.finish(segment, await made(broken, segment, 'whole'));
  await writeFile(broken.files(segment, lost).video, 'cut o');
  assert.equal(await folder.finished(segment), null);
  const record = await folder.finish(segment, await made(folder, segment, 'whole'));
  assert.deepEqual(await folder.finished(segment), record);
  await writeFile(path.join(at, 'seg-00001.json'), '{"frames": 3');
  const again = attachedFolder(at, plan, { from: 1, to: 2 });
  const third = await again.finish(segment, await made(again, segment, 'whole'));
  assert.deepEqual(await folder.finished(segment), third);
});
