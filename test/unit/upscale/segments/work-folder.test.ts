import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { exitCodeOf } from '../../../../src/errors.js';
import { sha256Of } from '../../../../src/upscale/plan/identity.js';
import { wholeClip } from '../../../../src/upscale/segments/segment-plan.js';
import type {
  MadeSegment,
  SegmentRecord,
} from '../../../../src/upscale/segments/segment-record.js';
import { planVersion, type StoredPlan } from '../../../../src/upscale/segments/stored-plan.js';
import { openWorkFolder } from '../../../../src/upscale/segments/work-folder.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const place = temporaryFolder();
let folders = 0;
const next = (): string => path.join(place, String(folders++));

const job: Omit<StoredPlan, 'segments'> = {
  version: planVersion,
  vsr: '1.2.3',
  ffmpeg: '5.1 (build 0f)',
  job: 'abc',
  sourceModifiedMs: 1,
  source: { path: '/a.mp4', sizeBytes: 9 },
  models: ['espcn-16-x2'],
  settings: { scale: 2, encoderArgs: ['-crf', '17'] },
};

async function cut() {
  return Promise.resolve(wholeClip({}));
}

function requestOf(folder: string, made: typeof job, restart: boolean) {
  return { folder, output: 'out.mp4', job: made, range: {}, restart, cut, queue: null };
}

/** Leaves a folder in which the only segment is finished. */
async function finishedFolder(made = job): Promise<string> {
  const at = next();
  await using folder = await openWorkFolder(requestOf(at, made, false));
  const [segment] = folder.plan.segments;
  const { video, rows } = folder.files(segment!);
  await writeFile(video, 'video');
  await writeFile(rows, 'rows');
  const record: MadeSegment = {
    ...{ frames: 3, firstPts: 0, provider: 'cpu', precision: 'fp32', reused: 0, truncated: false },
    ...{ damagedFrames: [], messages: [], sizeChanges: [], formChanges: [], lostPackets: 0 },
    complaints: { count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
    videoSha256: await sha256Of(video),
    rowsSha256: await sha256Of(rows),
  };
  await folder.finish(segment!, record);
  return at;
}

async function reopened(at: string, now = job, restart = false): Promise<SegmentRecord | null> {
  await using folder = await openWorkFolder(requestOf(at, now, restart));
  return folder.finished(folder.plan.segments[0]!);
}

test('the same job goes on with what is finished', async () => {
  assert.equal((await reopened(await finishedFolder()))?.frames, 3);
});

test('a finished segment whose file has changed is done again', async () => {
  const at = await finishedFolder();
  await writeFile(path.join(at, 'seg-00000.video'), 'other');
  assert.equal(await reopened(at), null);
});

test('another job is told what has changed, and --restart starts over', async () => {
  const at = await finishedFolder();
  const other = { ...job, job: 'def', settings: { scale: 2, encoderArgs: ['-crf', '30'] } };
  await assert.rejects(reopened(at, other), (error: Error) => {
    assert.match(error.message, /another job: the setting encoderArgs has changed since/);
    assert.match(error.message, /--restart/);
    return exitCodeOf(error) === 1;
  });
  const without = { ...job, job: 'ghi', settings: { scale: 2 } };
  await assert.rejects(reopened(at, without), /the setting encoderArgs has changed since/);
  assert.equal(await reopened(at, other, true), null);
  assert.ok(!(await readdir(at)).some((name) => name.startsWith('seg-')));
});

test('unfinished work of another version is named with that version, and left as it is', async () => {
  const at = await finishedFolder({ ...job, vsr: '1.0.7' });
  const before = await readdir(at);
  await assert.rejects(reopened(at), {
    code: 'media',
    message: `${at} holds unfinished work of vsr 1.0.7, which vsr 1.2.3 cannot go on with: start over with --restart, or finish it with that version.`,
  });
  assert.deepEqual(await readdir(at), before);
  assert.equal(await reopened(at, job, true), null);
});

test('finished segments of another ffmpeg are named with both', async () => {
  const at = await finishedFolder({ ...job, ffmpeg: '4.1 (build 22)' });
  await assert.rejects(
    reopened(at),
    /segments made with ffmpeg 4\.1 \(build 22\), and this is ffmpeg 5\.1 \(build 0f\)\. .*--restart/,
  );
  assert.equal(await reopened(at, job, true), null);
});

test('unfinished work of a version that did not say so is that of an earlier vsr', async () => {
  const at = await finishedFolder();
  const plan = path.join(at, 'plan.json');
  const old = JSON.parse(await readFile(plan, 'utf8')) as StoredPlan;
  await writeFile(plan, JSON.stringify({ ...old, version: 1, vsr: undefined }));
  await assert.rejects(
    reopened(at),
    /unfinished work of an earlier vsr \(its plan has version 1\)/,
  );
});

test('a damaged plan starts over', async () => {
  for (const plan of ['{"version":', 'null', '7', '[]', `{"version": ${planVersion}}`]) {
    const at = next();
    await mkdir(at);
    await writeFile(path.join(at, 'plan.json'), plan);
    assert.equal(await reopened(at), null, plan);
  }
});

test('what a killed job left half done is swept away', async () => {
  const at = await finishedFolder();
  for (const name of ['joined.7.mp4', 'seg-00000.video.7.part', 'joined-log.csv']) {
    await writeFile(path.join(at, name), 'half');
  }
  await reopened(at);
  const left = (await readdir(at)).sort();
  assert.deepEqual(left, [
    'plan.json',
    'seg-00000.json',
    'seg-00000.rows.jsonl',
    'seg-00000.video',
  ]);
});
