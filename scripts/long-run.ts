/**
 * Enlarges a long clip of tiny frames and prints the memory of vsr (all its threads) after a tenth
 * of the frames and at the end. Ends with 1 if it grew by more than a quarter.
 *
 *   node build/scripts/long-run.js [frames, default 20000]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errorOf } from '../src/errors.js';
import { upscale } from '../src/upscale/upscale.js';
import { ffmpegRun } from '../test/support/enlarge.js';
import { writeTinyModel } from './fuzz/seed-files.js';

const frames = Number(process.argv[2] ?? 20_000);
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-long-'));
const megabytes = (): number => Math.round(process.memoryUsage.rss() / 1e6);
try {
  const [clip, model] = [path.join(folder, 'long.mp4'), path.join(folder, 'tiny-x2.onnx')];
  await writeTinyModel(model);
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', `testsrc2=size=32x32:rate=25:duration=${frames / 25}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', clip],
  );
  let early = 0;
  let most = 0;
  const output = path.join(folder, 'out.mp4');
  for await (const event of upscale(clip, { model, output, workers: 1, preset: 'ultrafast' })) {
    if (event.event === 'progress') {
      most = Math.max(most, megabytes());
      if (early === 0 && event.frames >= frames / 10) early = megabytes();
    }
    if (event.event === 'failed') throw errorOf(event.error);
    if (event.event !== 'done' || event.status !== 'done') continue;
    const late = megabytes();
    const done = event.summary.output.frames;
    console.log(`${done} frames: ${early} MB at 10 %, ${late} MB at 100 %, at most ${most} MB`);
    if (done !== frames || early === 0 || late > early * 1.25) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
