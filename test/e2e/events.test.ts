import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import sharp from 'sharp';
import type { Outcome, ProgressEvent, VsrEvent } from '../../src/events.js';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr, startVsr } from '../support/run-vsr.js';
import { eventsOf, summaryOf } from '../support/schemas.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const fast = ['-m', 'espcn-16-lite-x2', '--preset', 'ultrafast'];
const told = ['--progress', 'json', '--json'];

before(async () => {
  await mkdir(at('in'));
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=1.2'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('in', 'clip.mp4'));
  await writeFile(at('in', 'broken.mp4'), 'no clip');
  await sharp({ create: { width: 16, height: 16, channels: 3, background: '#456' } })
    .withExif({ IFD0: { Artist: 'Nobody' } })
    .jpeg()
    .toFile(at('in', 'photo.jpg'));
});

const names = (events: readonly VsrEvent[]) => events.map(({ event }) => event);
const of = (events: readonly VsrEvent[], clip: string) =>
  events.filter((event) => 'clip' in event && event.clip === clip);

test('a batch tells start, plans, progress, what is lost, each end; the summary says the same', async () => {
  const [clip, broken] = [at('in', 'clip.mp4'), at('in', 'broken.mp4')];
  const args = ['upscale', clip, broken, '-o', at('out/'), ...fast, ...told];
  const { stderr, stdout, code } = await runVsr(...args);
  assert.equal(code, 1);
  const events = eventsOf(stderr);
  const start = events[0]!;
  assert.ok(start.event === 'start');
  assert.deepEqual(start.clips, [clip, broken]);
  assert.deepEqual(
    { ...events.at(-1), time: '' },
    { version: 1, time: '', event: 'end', exitCode: 1 },
  );

  const made = of(events, clip);
  const plan = made[0]!;
  assert.ok(plan.event === 'plan' && plan.frames === 12);
  assert.equal(made.at(-1)!.event, 'done');
  const progress = made.filter(({ event }) => event === 'progress') as ProgressEvent[];
  assert.deepEqual([...new Set(progress.map(({ stage }) => stage))], ['enlarge', 'join', 'check']);
  assert.deepEqual([progress.at(-1)!.frames, progress.at(-1)!.of], [12, 12]);

  const [failed] = of(events, broken);
  assert.ok(failed?.event === 'failed' && failed.error.code === 'media', failed?.event);
  const { outcomes, command, error } = summaryOf(stdout);
  assert.deepEqual([command, error], ['upscale', null]);
  const ends = events.filter(({ event }) => event === 'done' || event === 'failed') as Outcome[];
  assert.deepEqual(
    outcomes,
    ends.map(({ event, ...rest }) => {
      const { version, time, ...outcome } = rest as typeof rest & Record<string, unknown>;
      assert.ok(event.length > 0 && version === 1 && typeof time === 'string');
      return outcome;
    }),
  );
});

test('what the output lacks is an event; a plan alone ends in planned', async () => {
  const photo = at('in', 'photo.jpg');
  const args = ['upscale', photo, '-o', at('photo.tif'), '--dry-run', ...told];
  const { stderr, stdout } = await runVsr(...args);
  const events = eventsOf(stderr);
  // The note: a picture from a JPEG file goes through the network for compressed sources.
  assert.deepEqual(names(events), ['start', 'plan', 'lost', 'note', 'done', 'end']);
  const lost = events[2]!;
  assert.ok(lost.event === 'lost' && lost.what === 'EXIF data');
  const { outcomes, facts } = summaryOf(stdout);
  assert.equal(outcomes[0]!.status, 'planned');
  assert.equal((facts['plans'] as { width: number }[])[0]!.width, 32);
});

/** Runs with a pipe as file descriptor 3. */
async function runWithPipe(
  args: readonly string[],
  onLine: (line: string, kill: () => void) => void = () => {},
): Promise<{ code: number | null; stderr: string; events: string }> {
  const { child, done } = startVsr(args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let events = '';
  (child.stdio[3] as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => {
    events += text;
    for (const line of text.split('\n')) onLine(line, () => child.kill('SIGINT'));
  });
  return { ...(await done), events };
}

test('--progress-fd has the events, and people are told as ever; a stopped job says how far it came', async () => {
  const long = at('long.mp4');
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=40'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-preset', 'ultrafast', long);
  const args = ['upscale', long, ...fast, '--progress-fd', '3'];
  let isKilled = false;
  const run = await runWithPipe(args, (line, kill) => {
    if (isKilled || !line.includes('"progress"')) return;
    isKilled = true;
    kill();
  });
  assert.equal(run.code, 130);
  assert.match(run.stderr, /^long\.mp4 \(320x180\) -> /);
  assert.match(run.stderr, /interrupted after \d+ of 1000 frames/);
  const events = eventsOf(run.events);
  const failed = events.at(-2)!;
  assert.ok(failed.event === 'failed' && failed.status === 'interrupted');
  assert.equal(failed.error.code, 'interrupted');
  assert.ok(events.at(-1)!.event === 'end');
});

test('a wrong call is answered in JSON as well', async () => {
  const clip = at('in', 'clip.mp4');
  const wrong: readonly (readonly [args: string[], said: RegExp])[] = [
    [['upscale', clip, '--nonsense'], /no option --nonsense/],
    [['upscale', clip, '--crf', 'x'], /number for --crf/],
    [['upscale', clip, '--stall-timeout', '-1'], /seconds, 0 or more for --stall-timeout/],
    [['upscale'], /Expected inputs after the command/],
    [['upscal', clip], /no command upscal/],
    [['evaluate', clip, '--degrade', 'magic'], /one of .* for --degrade/],
    [['train', '--out', 'x.onnx'], /Expected --data/],
    [['upscale', clip, '-o', '-'], /Expected --progress-fd/],
  ];
  for (const [args, said] of wrong) {
    const { code, stdout, stderr } = await runVsr(...args, ...told);
    assert.equal(code, 2, args.join(' '));
    const events = eventsOf(stderr);
    assert.deepEqual(names(events), ['failed', 'end'], args.join(' '));
    const failed = events[0]!;
    assert.ok(failed.event === 'failed' && failed.clip === null);
    const { error, exitCode, outcomes, command } = summaryOf(stdout);
    assert.deepEqual([error?.code, exitCode, outcomes], ['option', 2, []]);
    assert.equal(command, args[0]);
    assert.match(error!.message, said);
    assert.equal(failed.error.message, error!.message);
  }
  const closed = await runVsr('upscale', clip, '--progress-fd', '77', '--json');
  assert.equal(closed.code, 2);
  assert.match(summaryOf(closed.stdout).error!.message, /descriptor for --progress-fd .* 77/);
});

/** The other long commands, each with what its events must hold besides start and end. */
const others: Readonly<Record<string, () => Promise<string[]>>> = {
  evaluate: () => Promise.resolve([at('in', 'clip.mp4'), '-m', 'espcn-16-lite-x2']),
  extract: () => Promise.resolve([at('in', 'clip.mp4'), '-o', at('frames')]),
  compare: () => Promise.resolve([at('in', 'clip.mp4'), at('in', 'clip.mp4'), '-o', at('two.mkv')]),
  regress: async () => {
    await mkdir(at('regress'));
    await copyFile(at('in', 'clip.mp4'), at('regress', 'clip.mp4'));
    return [at('regress'), '--update'];
  },
  train: async () => {
    await mkdir(at('photos'));
    for (const n of [1, 2]) await writeWaves(at('photos', `${n}.png`), n);
    await writeFile(at('photos', 'no.png'), 'no picture');
    const short = ['--steps', '6', '--patch', '8', '--batch', '1', '--val-every', '3'];
    return [
      '--data',
      at('photos'),
      '-o',
      at('mine.onnx'),
      '--depth',
      '1',
      '--split',
      '1/0/0',
      ...short,
    ];
  },
};

for (const [command, argsOf] of Object.entries(others)) {
  test(`${command} tells how far it is and what came of it`, async () => {
    const { code, stdout, stderr } = await runVsr(command, ...(await argsOf()), ...told);
    assert.equal(code, 0, stderr);
    const events = eventsOf(stderr);
    const start = events[0]!;
    assert.ok(start.event === 'start' && start.command === command);
    const [clip] = start.clips;
    const progress = of(events, clip!).filter(({ event }) => event === 'progress');
    const last = progress.findLast((each) => 'of' in each && each.of !== null) as ProgressEvent;
    assert.equal(last.frames, last.of);
    const summary = summaryOf(stdout);
    assert.equal(summary.command, command);
    assert.deepEqual(
      summary.outcomes.map((outcome) => [outcome.clip, outcome.status]),
      [[clip, 'done']],
    );
    if (command !== 'train') return;
    assert.ok(events.some((event) => event.event === 'note' && event.why.includes('no.png')));
  });
}
