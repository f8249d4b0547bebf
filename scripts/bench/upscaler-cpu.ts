import os from 'node:os';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { startProcess } from '../../src/media/program/process.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { type Frame, FramePool } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';

/**
 * A program: `upscaler-cpu.js <clip> <models> <reuse|full> [frames]` enlarges the frames of a clip
 * as a job does, in 4:2:0, and writes no clip. It prints, as JSON, its own CPU milliseconds per
 * frame after the first; decoding is another process, and no encoder competes for the cores.
 */
const [clip = '', models = '', how = '', most = '1e9'] = process.argv.slice(2);
const ffmpeg = await locateFfmpeg();
const { width, height } = (await probe(ffmpeg, clip)).video;
const layout = frameLayout(pixelFormats.get('yuv420p')!, width, height);
const chain = await chooseChain(2 ** models.split(',').length, models, { kind: 'clean' });
await using upscaler = await openUpscaler({
  ...{ chain, layout, siting: 'left', range: 'tv', provider: { name: 'cpu' } },
  ...{ workers: os.availableParallelism(), precision: 'auto', scores: false },
  reuse: how === 'reuse',
});
const child = startProcess(ffmpeg.ffmpeg, [
  ...['-v', 'error', '-nostdin', '-i', clip, '-an', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-'],
]);
const pool = new FramePool(layout);
const inFlight: Promise<unknown>[] = [];
let before: Frame | undefined;
let done = 0;
let reused = 0;
let begun = process.cpuUsage();

async function takeOne(): Promise<void> {
  await inFlight.shift();
  if (++done === 1) begun = process.cpuUsage();
}

function enlarge(frame: Frame): void {
  const compared = before;
  before = frame;
  inFlight.push(
    upscaler.upscale(frame).then((result) => {
      reused += result.reused;
      upscaler.release(result.frame);
      // Only now is the previous frame no longer compared with.
      if (compared !== undefined) pool.release(compared);
    }),
  );
}

let frame = pool.take(0, 0);
let filled = 0;
let started = 0;
for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
  for (let at = 0; at < chunk.length && started < Number(most);) {
    const length = Math.min(chunk.length - at, layout.byteLength - filled);
    frame.data.set(chunk.subarray(at, at + length), filled);
    at += length;
    filled += length;
    if (filled < layout.byteLength) continue;
    enlarge(frame);
    started++;
    frame = pool.take(started, started);
    filled = 0;
    if (inFlight.length > 2 * os.availableParallelism()) await takeOne();
  }
  if (started >= Number(most)) break;
}
while (inFlight.length > 0) await takeOne();
await child.kill();
const { user, system } = process.cpuUsage(begun);
const cpuMs = (user + system) / 1000 / (done - 1);
console.log(JSON.stringify({ frames: done, cpuMs, reused: reused / done }));
