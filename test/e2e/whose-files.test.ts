import assert from 'node:assert/strict';
import {
  copyFile,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import type { NoteEvent } from '../../src/events.js';
import { upscale, type UpscaleEvent } from '../../src/upscale/upscale.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';
import { enlarge, enlarged, ffmpegRun } from '../support/enlarge.js';
import { writeRandomModel } from '../support/random-model.js';
import { writeWaves } from '../support/waves.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const precious = 'the only copy\n';

const root = temporaryFolder();
let clip: string;
let options: UpscaleOptions;
before(async () => {
  const model = await writeRandomModel(root, 'espcn-16', 2);
  options = { model, preset: 'ultrafast' };
  clip = path.join(root, 'clip.mp4');
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=32x32:rate=25:duration=1'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-g', '5', '-pix_fmt', 'yuv420p', clip);
});

async function fresh(): Promise<(name: string) => string> {
  const folder = temporaryFolder(root);
  await copyFile(clip, path.join(folder, 'clip.mp4'));
  return (name) => path.join(folder, name);
}

/** Enlarges, with something done once everything is decided and before anything is written. */
async function enlargedWith(
  input: string,
  more: UpscaleOptions,
  meanwhile: (event: UpscaleEvent) => Promise<void>,
): Promise<UpscaleEvent[]> {
  const events: UpscaleEvent[] = [];
  for await (const event of upscale(input, { workers: 1, ...options, ...more })) {
    events.push(event);
    await meanwhile(event);
  }
  return events;
}

function failure(outcome: Awaited<ReturnType<typeof enlarge>>): string {
  return outcome.status === 'failed' ? outcome.error.message : outcome.status;
}

const names = { clip: 'clip.mp4', still: 'waves.png' } as const;

for (const [kind, name] of Object.entries(names)) {
  test(`what appears under the names of a ${kind}'s files while it is made is kept, and said`, async () => {
    for (const ending of ['', '.psnr.csv', '.vsr.json']) {
      const at = await fresh();
      await writeWaves(at('waves.png'), 1, 24);
      const output = at(`out${path.extname(name)}`);
      const log = `${output}.psnr.csv`;
      let isThere = false;
      const events = await enlargedWith(at(name), { output, log }, async (event) => {
        if (event.event !== 'plan') return;
        await writeFile(output + ending, precious);
        isThere = true;
      });
      assert.ok(isThere);
      const end = events.at(-1)!;
      assert.ok(end.event === 'failed', `${kind}${ending}`);
      assert.match(end.error.message, /appeared while .* was being made, and was kept/);
      assert.ok(end.error.message.includes(output + ending));
      assert.equal(await readFile(output + ending, 'utf8'), precious);
    }
  });
}

test('a log or sidecar of somebody else is kept; --overwrite covers them', async () => {
  for (const ending of ['.psnr.csv', '.vsr.json']) {
    const at = await fresh();
    const output = at('out.mp4');
    await writeFile(output + ending, precious);
    const refused = failure(await enlarge(at('clip.mp4'), { ...options, output }));
    assert.match(refused, /exists, and the (per-frame log|sidecar) would replace it/);
    assert.equal(await readFile(output + ending, 'utf8'), precious);
    await enlarged(at('clip.mp4'), { ...options, output, overwrite: true });
    assert.notEqual(await readFile(output + ending, 'utf8'), precious);
  }
});

/** Writes other bytes into the middle of a file, under the time of before. */
async function changeMiddle(file: string): Promise<void> {
  const { size, atime, mtime } = await stat(file);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(16, 0x55), 0, 16, size >> 1);
  await handle.close();
  await utimes(file, atime, mtime);
}

/** What was said before the start, of being done again. */
function saidAgain(events: readonly UpscaleEvent[]): string {
  const notes = events.filter(({ event }) => event === 'note') as NoteEvent[];
  return notes.find(({ what }) => what === 'done again')?.why ?? '';
}

test('a job counts as finished only while source, output and log are as they were', async () => {
  const at = await fresh();
  const source = at('clip.y4m');
  await ffmpegRun('-i', clip, '-pix_fmt', 'yuv420p', source);
  const output = at('out.mp4');
  const log = `${output}.psnr.csv`;
  const run = () => enlargedWith(source, { output }, () => Promise.resolve());
  const status = (events: readonly UpscaleEvent[]) => {
    const end = events.at(-1)!;
    return 'status' in end ? end.status : '';
  };
  assert.equal(status(await run()), 'done');
  assert.equal(status(await run()), 'skipped');
  const cases: readonly [change: () => Promise<void>, says: RegExp, kept: string | null][] = [
    [() => changeMiddle(source), /^the source has changed since out\.mp4 was made$/, null],
    [() => utimes(source, 1, 1), /^the source has changed/, null],
    [() => rm(log), /^the log is gone/, null],
    [() => writeFile(log, precious), /^the log was changed/, `${log}.before`],
    [
      () => writeFile(output, precious),
      /^the output was changed.*out\.mp4\.before/,
      `${output}.before`,
    ],
    [() => changeMiddle(output), /^the output was changed/, `${output}.before-2`],
  ];
  for (const [change, says, kept] of cases) {
    await change();
    const events = await run();
    assert.equal(status(events), 'done', String(says));
    assert.match(saidAgain(events), says);
    if (kept !== null) assert.ok((await stat(kept)).size > 0, `${kept} is kept`);
    assert.equal(status(await run()), 'skipped');
  }
  assert.equal(await readFile(`${output}.before`, 'utf8'), precious);
  assert.equal(await readFile(`${log}.before`, 'utf8'), precious);
});

test('of a sidecar that keeps no hashes yet, size and time tell', async () => {
  const at = await fresh();
  const output = await enlarged(at('clip.mp4'), options);
  const sidecar = JSON.parse(await readFile(`${output}.vsr.json`, 'utf8')) as {
    source: Record<string, unknown>;
    output: Record<string, unknown>;
    logFile?: unknown;
  };
  delete sidecar.source['modifiedMs'];
  delete sidecar.source['samplesSha256'];
  delete sidecar.output['samplesSha256'];
  delete sidecar.logFile;
  await writeFile(`${output}.vsr.json`, JSON.stringify(sidecar));
  assert.equal((await enlarge(at('clip.mp4'), options)).status, 'skipped');
  await utimes(at('clip.mp4'), Date.now() / 1000 + 60, Date.now() / 1000 + 60);
  assert.equal((await enlarge(at('clip.mp4'), options)).status, 'done');
});

/** A work folder with finished segments, as an interrupted job leaves it. */
async function interruptedJob(): Promise<{ at: (name: string) => string; work: string }> {
  const at = await fresh();
  const log = path.join(at('clip.mp4'), 'a-file-is-no-folder.csv');
  await assert.rejects(enlarged(at('clip.mp4'), { ...options, segmentSeconds: 0.2, log }));
  const work = `${at('clip.x2.mp4')}.vsr-work`;
  assert.ok((await readdir(work)).includes('seg-00001.json'));
  return { at, work };
}

test('a work folder that is a link or a file, or holds what vsr did not make, is refused by name', async () => {
  const at = await fresh();
  const work = at('clip.x2.mp4.vsr-work');
  const run = async (): Promise<string> => failure(await enlarge(at('clip.mp4'), options));
  await mkdir(at('precious'));
  await writeFile(at('precious/thesis.txt'), precious);
  await symlink('precious', work);
  assert.match(await run(), /clip\.x2\.mp4\.vsr-work is a link/);
  await rm(work);
  await writeFile(work, precious);
  assert.match(await run(), /clip\.x2\.mp4\.vsr-work is a file/);
  await rm(work);
  await rename(at('precious'), work);
  assert.match(await run(), /holds thesis\.txt, which vsr did not make/);
  for (const name of ['seg-0.json', 'seg-00000.mp4', 'joined.mp4', 'plan.json.bak']) {
    await rename(path.join(work, 'thesis.txt'), path.join(work, name));
    assert.match(await run(), /which vsr did not make/, name);
    await rename(path.join(work, name), path.join(work, 'thesis.txt'));
  }
  await rm(path.join(work, 'thesis.txt'));
  await symlink(at('clip.mp4'), path.join(work, 'seg-00000.video'));
  assert.match(await run(), /holds seg-00000\.video, which vsr did not make/);
  await rm(path.join(work, 'seg-00000.video'));
  await writeFile(path.join(work, '.DS_Store'), precious);
  assert.equal(await run(), 'done');
  assert.deepEqual(await readdir(work), ['.DS_Store']);
  assert.deepEqual(await readFile(at('clip.mp4')), await readFile(clip));
});

test('a plan and records of a stranger are data: what is not as vsr writes it is refused by name', async () => {
  const { at, work } = await interruptedJob();
  const planFile = path.join(work, 'plan.json');
  const text = await readFile(planFile, 'utf8');
  const run = async (more: UpscaleOptions = {}): Promise<string> =>
    failure(await enlarge(at('clip.mp4'), { ...options, segmentSeconds: 0.2, ...more }));
  type Loose = { segments: Record<string, unknown>[]; ffmpeg: string; vsr: string };
  const changes: readonly [change: (plan: Loose) => void, says: RegExp][] = [
    [(plan) => (plan.segments[1]!['number'] = 'x/../../../victim'), /"number" of item 1 .*victim/],
    [(plan) => (plan.segments[1]!['number'] = 1.5), /"number" of item 1/],
    [(plan) => (plan.segments[1]!['number'] = 7), /"number" of item 1/],
    [(plan) => (plan.segments[1]!['from'] = '0'), /a whole number for "from" of item 1/],
    [(plan) => plan.segments.pop(), /to follow one another to the end/],
    [(plan) => (plan.segments = []), /to follow one another to the end/],
    [(plan) => (plan.ffmpeg = '9.9 (build x)'), /made with ffmpeg 9\.9 \(build x\), and this/],
    [(plan) => (plan.vsr = '9.9.9'), /unfinished work of vsr 9\.9\.9, which vsr/],
    [(plan) => Object.assign(plan, { version: 1 }), /holds unfinished work of vsr .*, which vsr/],
    [(plan) => Object.assign(plan, { models: 'all' }), /a list for "models"/],
  ];
  for (const [change, says] of changes) {
    const plan = JSON.parse(text) as Loose;
    change(plan);
    await writeFile(planFile, JSON.stringify(plan));
    const said = await run();
    assert.match(said, says);
    assert.match(said, /--restart/);
    assert.ok((await readdir(work)).includes('seg-00001.json'), 'what is done is kept');
  }
  await writeFile(planFile, text.slice(0, 40));
  assert.match(await run(), /is no JSON.*--restart/);
  await writeFile(planFile, text);
  const record = path.join(work, 'seg-00000.json');
  await writeFile(record, (await readFile(record, 'utf8')).replace('"frames":', '"frames":-'));
  assert.equal(await run(), 'done');
  assert.deepEqual((await readdir(path.dirname(work))).sort(), [
    'clip.mp4',
    'clip.x2.mp4',
    'clip.x2.mp4.psnr.csv',
    'clip.x2.mp4.vsr.json',
  ]);
});
