import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { packageRoot } from '../../src/package-root.js';
import { ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import { isWhole, segmentsDone, skip, startUpscale, until } from './vsr-process.js';

let job: FaultJob;
let library: string | undefined;
/** Whether the ffmpeg in use is linked dynamically, so that the library reaches it. */
let reachesFfmpeg = false;

before(async () => {
  if (skip !== false) return;
  job = await openJob(4);
  const file = path.join(job.folder, 'bad-disk.so');
  const source = path.join(packageRoot(), 'test', 'faults', 'bad-disk.c');
  const made = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', file, source, '-ldl']);
  if (made.status !== 0) return;
  library = file;
  const { ffmpeg } = await locateFfmpeg();
  const trial = spawnSync(ffmpeg, ['-v', 'error', '-i', job.clip], {
    env: badDisk('read', 'clip.mp4$'),
  });
  reachesFfmpeg = /Input\/output error/.test(trial.stderr.toString());
});

/** The environment of a process for which bytes `from` to `to` of a file are on a bad place. */
function badDisk(what: string, file: string, from = 0, to?: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...{ LD_PRELOAD: library, BAD_DISK: what, BAD_DISK_FILE: file, BAD_DISK_FROM: String(from) },
    ...(to === undefined ? {} : { BAD_DISK_TO: String(to) }),
  };
}

const noCompiler = 'there is no C compiler (cc) to make a disk with a bad place';
const noFfmpeg = 'this ffmpeg is linked statically: no bad disk can be put under it';

type Fault = {
  readonly what: 'write' | 'sync' | 'rename';
  readonly file: string;
  readonly from?: number;
  /** ffmpeg writes it. */
  readonly ffmpeg?: boolean;
  readonly says: RegExp;
  /** The clip is whole and has its name by then. */
  readonly sealed?: boolean;
};

const faults: readonly Fault[] = [
  { what: 'write', file: '.video.', from: 3000, ffmpeg: true, says: /the encoder.*seg-00000/ },
  { what: 'rename', file: '/out.mp4$', says: /joined\.\d+\.mp4/ },
  { what: 'write', file: 'vsr-work/lock', says: /vsr-work\/lock/ },
  { what: 'write', file: 'plan.json', says: /plan\.json/ },
  { what: 'write', file: 'seg-00001.rows', says: /seg-00001\.rows/ },
  { what: 'write', file: 'seg-00001.json', says: /seg-00001\.json/ },
  { what: 'write', file: '.video.', ffmpeg: true, says: /the encoder.*seg-00000/ },
  { what: 'write', file: 'joined.', from: 9000, ffmpeg: true, says: /clip could not be written/ },
  { what: 'write', file: 'joined-log', says: /joined-log/ },
  { what: 'write', file: 'sealed.vsr.json', says: /sealed\.vsr\.json/ },
  { what: 'write', file: 'out.mp4.vsr.json', says: /out\.mp4\.vsr\.json/, sealed: true },
  { what: 'sync', file: 'seg-00001.video', says: /seg-00001\.video/ },
  { what: 'sync', file: 'joined.', says: /joined\.\d+\.mp4/ },
  { what: 'rename', file: 'seg-00002.video$', says: /seg-00002\.video/ },
  { what: 'rename', file: 'seg-00002.json$', says: /seg-00002\.json/ },
  { what: 'rename', file: 'out.mp4.psnr.csv$', says: /joined-log\.csv/ },
];

/** One sentence or two that name the trouble, and no stack. */
function checkSaid(code: number | null, stderr: string, says: RegExp): void {
  assert.equal(code, 1, stderr);
  assert.match(stderr, says);
  assert.match(stderr, /reports? an error|reported an error|EIO/);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

for (const { what, file, from, ffmpeg, says, sealed } of isWhole ? faults : faults.slice(0, 1)) {
  const where = from === undefined ? file : `${file} from byte ${from} on`;
  test(
    `EIO on ${what} of ${where}: named, nothing half done, gone on with`,
    { skip },
    async (t) => {
      if (library === undefined) return t.skip(noCompiler);
      if (ffmpeg === true && !reachesFfmpeg) return t.skip(noFfmpeg);
      const { args, output } = await job.fresh('write');
      const { code, stderr } = await startUpscale(args, { env: badDisk(what, file, from) }).done;
      checkSaid(code, stderr, says);
      if (sealed === true) assert.ok(existsSync(output));
      else await job.checkNothing(output);
      await job.goOn(args, output);
      tried(t, `EIO on ${what}`);
    },
  );
}

test(
  'EIO while the source is read: named, nothing half done, gone on with',
  { skip },
  async (t) => {
    if (library === undefined) return t.skip(noCompiler);
    if (!reachesFfmpeg) return t.skip(noFfmpeg);
    const { args, clip, output } = await job.fresh('read');
    const { size } = statSync(clip);
    for (const place of isWhole ? [0.01, 0.5, 0.95] : [0.5]) {
      const from = Math.round(size * place);
      const env = badDisk('read', `${path.basename(clip)}$`, from, from + 100);
      const { code, stderr } = await startUpscale(args, { env }).done;
      checkSaid(code, stderr, new RegExp(`clip\\.mp4 cannot be read from byte ${from} on`));
      await job.checkNothing(output);
      tried(t, 'EIO on read of the source');
    }
    await job.goOn(args, output);
  },
);

const onlyWhole = isWhole ? skip : 'tried by npm run test:faults';

test('EIO on a finished segment: named, and gone on with', { skip: onlyWhole }, async (t) => {
  if (library === undefined) return t.skip(noCompiler);
  const { args, output } = await job.fresh('segment');
  const first = startUpscale(args);
  assert.ok(await until(first, () => segmentsDone(output).length > 1));
  first.child.kill('SIGKILL');
  await first.done;
  // The disk gives back neither what was done before nor what is made again under its name.
  const env = badDisk('read', 'seg-00000.video$');
  const { code, stderr } = await startUpscale(args, { env }).done;
  checkSaid(code, stderr, /seg-00000\.video/);
  await job.checkNothing(output);
  await job.goOn(args, output);
  tried(t, 'EIO on read of a segment');
});

const frameCount = async (file: string): Promise<number> =>
  (await frameMd5(file)).split('\n').length;

/** Containers of which ffmpeg takes an unreadable place for the end, with exit code 0. */
const quiet: Readonly<Record<string, readonly string[]>> = {
  'clip.ts': ['-c:v', 'mpeg2video'],
  'clip.ogv': ['-c:v', 'libtheora'],
  'clip.mpg': ['-c:v', 'mpeg2video'],
  'clip.avi': ['-c:v', 'mpeg4'],
  'clip.mkv': ['-c:v', 'mpeg4'],
};

for (const [name, coding] of Object.entries(quiet).slice(0, isWhole ? undefined : 1)) {
  test(`EIO while ${name} is read loses nothing in silence`, { skip }, async (t) => {
    if (library === undefined) return t.skip(noCompiler);
    if (!reachesFfmpeg) return t.skip(noFfmpeg);
    const { args, clip } = await job.fresh('quiet');
    const source = path.join(path.dirname(clip), name);
    await ffmpegRun('-i', job.clip, ...coding, '-an', source);
    const from = Math.round(statSync(source).size * 0.6);
    const output = path.join(path.dirname(clip), 'out.mkv');
    const words = args.map((word) =>
      word === clip ? source : word.endsWith('out.mp4') ? output : word,
    );
    const env = badDisk('read', `${name}$`, from, from + 100);
    const { code, stderr } = await startUpscale(words, { env }).done;
    checkSaid(code, stderr, new RegExp(`${name} cannot be read from byte ${from} on`));
    await job.checkNothing(output);
    tried(t, 'EIO on read of the source');
    if (!isWhole) return;
    // Asked for what there is, it gives that: more than half of the frames, and all once the disk
    // is sound.
    const kept = await startUpscale([...words, '--allow-damaged', '--restart'], { env }).done;
    assert.equal(kept.code, 0, kept.stderr);
    const part = await frameCount(output);
    const all = await frameCount(source);
    assert.ok(part > 0.4 * all && part < all, `${part} of ${all} frames`);
    const whole = await startUpscale([...words, '--overwrite']).done;
    assert.equal(whole.code, 0, whole.stderr);
    assert.equal(await frameCount(output), all);
  });
}
