import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../src/package-root.js';
import { ffmpegRun } from '../support/enlarge.js';
import { isLongForm, onlyInLongForm } from '../support/long-form.js';
import { startRedis, withoutRedis } from '../support/redis.js';
import { runVsr, startVsr, type Vsr } from '../support/run-vsr.js';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import {
  isWhole,
  lastingStrays,
  segmentsDone,
  skip,
  startedBy,
  startUpscale,
  until,
} from './vsr-process.js';

/** Inputs on which every command works for longer than the tests wait, by the words for them. */
type LongInputs = { readonly folder: string; readonly names: Readonly<Record<string, string>> };

let inputs: Promise<LongInputs> | undefined;
const longInputs = (): Promise<LongInputs> => (inputs ??= makeLongInputs());

async function makeLongInputs(): Promise<LongInputs> {
  const folder = path.join(job.folder, 'long');
  const at = (name: string): string => path.join(folder, name);
  for (const each of [folder, at('clips'), at('pictures')]) await mkdir(each);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=20'];
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast'];
  const clips = ['a', 'b'].map((name) => at(`clips/${name}.mp4`));
  await ffmpegRun(...picture, ...coded, clips[0]!);
  await ffmpegRun('-i', clips[0]!, '-c', 'copy', clips[1]!);
  const small = at('small.mp4');
  await ffmpegRun('-i', clips[0]!, '-vf', 'scale=160:90', '-frames:v', '50', ...coded, small);
  const { code, stderr } = await startUpscale([small, '-q', '--preset', 'ultrafast']).done;
  assert.equal(code, 0, stderr);
  if (isLongForm) await ffmpegRun('-i', clips[0]!, '-frames:v', '60', at('pictures/%02d.png'));
  return {
    folder,
    names: {
      ...{ CLIP: clips[0]!, CLIP2: clips[1]!, CLIPS: at('clips') },
      ...{ PICTURES: at('pictures'), DONE: at('small.x2.mp4') },
    },
  };
}

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(6);
});

for (const [signal, times] of [
  ['SIGINT', 1],
  ...(isWhole
    ? ([
        ['SIGTERM', 1],
        ['SIGHUP', 1],
      ] as const)
    : []),
  ['SIGINT', 2],
] as const) {
  test(
    `${signal}${times === 2 ? ' twice' : ''} ends vsr with 130 and leaves nothing half done`,
    { skip },
    async (t) => {
      const { args, output } = await job.fresh('signal');
      const vsr = startUpscale(args);
      const busy = await until(
        vsr,
        () => segmentsDone(output).length > 0 && startedBy(vsr.pid).length > 0,
      );
      assert.ok(busy, 'ffmpeg was at work');
      const at = performance.now();
      for (let i = 0; i < times; i++) vsr.child.kill(signal);
      const { code } = await vsr.done;
      t.diagnostic(`ended after ${Math.round(performance.now() - at)} ms`);
      assert.equal(code, 130);
      await job.checkNothing(output);
      await job.goOn(args, output);
      tried(t, times === 2 ? `${signal} twice` : signal);
    },
  );
}

test('SIGINT again and again while vsr ends still ends it with 130', { skip }, async (t) => {
  const { args, output } = await job.fresh('again');
  const vsr = startUpscale(args);
  assert.ok(await until(vsr, () => segmentsDone(output).length > 0), 'a segment was done');
  vsr.child.kill('SIGINT');
  await until(vsr, () => vsr.stderr().includes('Interrupted'));
  const again = setInterval(() => vsr.child.kill('SIGINT'), 1);
  const { code } = await vsr.done;
  clearInterval(again);
  assert.equal(code, 130);
  await job.checkNothing(output);
  await job.goOn(args, output);
  tried(t, 'SIGINT while ending');
});

test('a clock that jumps back changes nothing', { skip }, async (t) => {
  const { args, output } = await job.fresh('clock');
  const preload = `const now = Date.now, from = now();
    Date.now = () => (now() - from > 700 ? now() - 86400000 : now());`;
  const { code, stderr } = await startUpscale(args, { preload }).done;
  assert.equal(code, 0, stderr);
  await job.checkWhole(output);
  tried(t, 'clock that jumps back');
});

for (const signal of isLongForm ? (['SIGINT', 'SIGKILL'] as const) : (['SIGINT'] as const)) {
  test(
    `${signal} while the page of a finished clip is made leaves the clip whole and no page`,
    {
      skip,
    },
    async () => {
      const { folder } = await longInputs();
      const words = [
        'upscale',
        path.join(folder, 'small.mp4'),
        '--preset',
        'ultrafast',
        '--report',
      ];
      const before = await filesOf(folder);
      const vsr = startVsr([...words, '--json'], { env: { TMPDIR: folder } });
      const reads = ({ words }: { words: string }): boolean => / -i .*small\.x2\.mp4/.test(words);
      assert.ok(await until(vsr, () => startedBy(vsr.pid).some(reads)), vsr.said());
      vsr.child.kill(signal);
      const { code, stdout, stderr } = await vsr.done;
      assert.equal(code, signal === 'SIGINT' ? 130 : null);
      if (signal === 'SIGINT') {
        assert.match(stderr, /Interrupted\. Run the same command again to go on/);
        const summary = JSON.parse(stdout) as { exitCode: number; outcomes: { status: string }[] };
        assert.deepEqual(
          summary.outcomes.map(({ status }) => status),
          ['skipped'],
        );
        assert.equal(summary.exitCode, 130);
      }
      assert.deepEqual(await lastingStrays(folder), [], 'no process is left');
      assert.deepEqual(await filesOf(folder), before);
      const again = await startVsr(words, { env: { TMPDIR: folder } }).done;
      assert.equal(again.code, 0, again.stderr);
      const page = path.join(folder, 'small.x2.mp4.report.html');
      assert.match(await readFile(page, 'utf8'), /<\/html>\s*$/);
      await rm(page);
      assert.deepEqual(
        await filesOf(folder),
        before,
        'nothing else is left, and the clip is the same',
      );
    },
  );
}

const hash = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** The files of a folder, each with a hash of its content. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const hashed = files.map(async ({ name }) => `${name} ${await hash(path.join(folder, name))}`);
  return [...entries.map(({ name }) => name), ...(await Promise.all(hashed))].sort();
}

/** A command that takes long. */
type LongCommand = {
  /** `CLIP` and `PICTURES` are long ones, `DONE` an enlarged clip, `REDIS` a queue of its own. */
  readonly words: string;
  /** What it says once it is at work; otherwise its ffmpeg reads the clip then. */
  readonly says?: RegExp;
  /** What it writes once it is at work. */
  readonly writes?: string;
  readonly isShort?: true;
  /** What it may leave, for itself or the same command to go on with. */
  readonly leaves?: RegExp;
  /** What it says at its end; otherwise that it was interrupted. */
  readonly tells?: RegExp;
  /** It has the clip of a queue to work on. */
  readonly hasClip?: true;
  /** How else it ends: at once at a second signal, or as one that is done. */
  readonly ends?: 'at the second signal' | 'done';
};

/** The work folder of a clip of a queue, with which its workers go on. */
const ofClip = /^made\.mp4\.vsr-work/;
/** What a worker says when it begins a clip's segments. */
const begun = /segments? \d/;
const interrupted = /Interrupted|Stopped|interrupted|not begun/;
const worker = 'worker --queue REDIS --root PLACE --workers 1';

const longCommands: readonly LongCommand[] = [
  { words: 'compare CLIP CLIP2 -o made.mp4', isShort: true },
  { words: 'extract CLIP -o made', isShort: true, leaves: /^made/ },
  { words: 'preview CLIP -o made.html', isShort: true },
  { words: 'evaluate CLIP' },
  { words: 'compare CLIP CLIP2 --blind --reference CLIP -o made.html' },
  { words: 'report DONE -o made.html' },
  { words: `regress ${path.join(packageRoot(), 'samples')}` },
  { words: 'train --data CLIP --out made.onnx', leaves: /^made\.onnx\.train\/frames|train$/ },
  { words: 'train --data PICTURES --out made.onnx', says: /files to train/, leaves: /train$/ },
  { words: 'evaluate PICTURES -m espcn-32-x2', says: /^$/ },
  { words: 'quantize espcn-32-x2 --pictures PICTURES -o made-x2.onnx', says: /^$/ },
  { words: 'upscale CLIP -o made_%04d.png' },
  { words: 'watch CLIPS --queue-folder q', says: /begun/, leaves: /^q/ },
  { words: 'serve CLIPS --port 0 --queue-folder q', says: /vsr serves/, leaves: /^q/ },
  {
    words: 'upscale CLIP -o made.mp4 --queue REDIS --root PLACE',
    ...{ writes: 'made.mp4.vsr-work/queue.json', isShort: true, leaves: ofClip },
    tells: /in the queue as \w+\. Come back with: vsr queue watch/,
  },
  { words: worker, says: begun, hasClip: true, ends: 'at the second signal', leaves: ofClip },
  {
    words: `${worker} --drain giveback`,
    ...{ says: begun, isShort: true, hasClip: true, ends: 'done', leaves: ofClip },
  },
];

/** Waits until a command is at work in `folder`. */
async function atWork(vsr: Vsr, { says, writes }: LongCommand, folder: string): Promise<void> {
  if (writes !== undefined) {
    assert.ok(await until(vsr, () => existsSync(path.join(folder, writes))), vsr.said());
  } else if (says === undefined) {
    const reads = ({ words }: { words: string }): boolean => /ffmpeg.* -i /.test(words);
    assert.ok(await until(vsr, () => startedBy(vsr.pid).some(reads)), vsr.said());
  } else if (says.source === '^$') {
    await delay(1500); // It says nothing at all before its end.
  } else {
    await vsr.until(says);
  }
}

for (const [i, command] of longCommands.entries()) {
  const { ends, isShort, hasClip } = command;
  const needsRedis = command.words.includes('REDIS');
  const reasons = [skip, isShort === true ? false : onlyInLongForm, needsRedis && withoutRedis];
  const name = i % 2 === 0 ? 'SIGINT' : 'SIGTERM';
  const code = ends === 'done' ? 0 : 130;
  const times = ends === 'at the second signal' ? ' twice' : '';
  test(
    `${name}${times} ends vsr ${command.words.split(' ')[0]!} with ${code}: ${command.words}`,
    { skip: reasons.find((reason) => reason !== false) ?? false },
    async () => {
      const { folder: place, names } = await longInputs();
      const folder = path.join(place, `command-${i}`);
      const temporary = path.join(place, `temporary-${i}`);
      for (const each of [folder, temporary]) await mkdir(each);
      await using redis = needsRedis ? await startRedis() : null;
      const own: Readonly<Record<string, string | undefined>> = {
        ...{ ...names, PLACE: `m=${place}`, REDIS: redis?.url },
      };
      const words = command.words.split(' ').map((word) => own[word] ?? word);
      if (hasClip === true) {
        const output = path.join(folder, 'made.mp4');
        const queue = ['--queue', redis!.url, '--root', own['PLACE']!, '--detach'];
        const { code, stderr } = await runVsr('upscale', own['CLIP']!, '-o', output, ...queue);
        assert.equal(code, 0, stderr);
      }
      const vsr = startVsr(words, { cwd: folder, env: { TMPDIR: temporary } });
      await atWork(vsr, command, folder);
      vsr.child.kill(name);
      if (times !== '') {
        await delay(200); // Signals that come together count as one.
        vsr.child.kill(name);
      }
      const late = setTimeout(() => vsr.child.kill('SIGKILL'), 10_000);
      const run = await vsr.done;
      clearTimeout(late);
      assert.equal(run.code, code, run.stderr);
      if (ends === undefined) assert.match(run.stderr, command.tells ?? interrupted);
      assert.deepEqual(await lastingStrays(place), [], 'no process is left');
      assert.deepEqual(await readdir(temporary), []);
      const left = await readdir(folder, { recursive: true });
      assert.deepEqual(
        left.filter((file) => command.leaves?.test(file) !== true),
        [],
      );
      assert.ok(!left.some((file) => /\.(html|onnx|csv)$|^[^/]*\.mp4$/.test(file)), left.join(' '));
    },
  );
}
