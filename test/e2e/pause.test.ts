import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import test, { before } from 'node:test';
import { PauseControl } from '../../src/pause-control.js';
import { upscale } from '../../src/upscale/upscale.js';
import { ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const fast = { model: 'espcn-16-lite-x2', preset: 'ultrafast', workers: 1 } as const;

before(async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=10:d=5'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4'));
});

test('a paused job holds without work, and goes on with the same bytes', async () => {
  const whole = at('whole.mp4');
  for await (const event of upscale(at('clip.mp4'), { ...fast, output: whole })) {
    assert.notEqual(event.event, 'failed');
  }
  const pause = new PauseControl();
  let held: Promise<void> | null = null;
  let frames = 0;
  let used = Infinity;
  let framesInPause = Infinity;
  const hold = async (): Promise<void> => {
    pause.pause();
    await rest(600); // What is under way comes to its end.
    const [before, framesBefore] = [process.cpuUsage(), frames];
    await rest(1000);
    const { user, system } = process.cpuUsage(before);
    used = (user + system) / 1000;
    framesInPause = frames - framesBefore;
    pause.resume();
  };
  const output = at('paused.mp4');
  let elapsed = 0;
  const startedAt = performance.now();
  for await (const event of upscale(at('clip.mp4'), { ...fast, output, pause })) {
    if (event.event === 'progress') frames = event.frames;
    if (event.event === 'progress' && frames > 0) held ??= hold();
    assert.ok(event.event !== 'failed', JSON.stringify(event));
    if (event.event === 'done') elapsed = event.summary!.elapsedSeconds;
  }
  await held;
  assert.equal(framesInPause, 0);
  assert.ok(used < 300, `${used} ms of the processor in 1000 ms of pause`);
  assert.deepEqual(await readFile(output), await readFile(whole));
  // The clock of a job stands still in a pause.
  assert.ok(elapsed < (performance.now() - startedAt) / 1000 - 1.5, `${elapsed} s`);
});

test('a paused job can be stopped', async () => {
  const pause = new PauseControl();
  const stop = new AbortController();
  pause.pause();
  setTimeout(() => stop.abort(), 200);
  const options = { ...fast, output: at('never.mp4'), pause, signal: stop.signal };
  const ends: string[] = [];
  for await (const event of upscale(at('clip.mp4'), options)) {
    if (event.event === 'failed') ends.push(event.status, event.error.code);
  }
  assert.deepEqual(ends, ['not begun', 'interrupted']);
});
