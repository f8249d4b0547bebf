import path from 'node:path';
import { Readable } from 'node:stream';
import { openUpscaler } from '../../enlarge/upscaler.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { openEncoder } from '../../media/encode/encode.js';
import type { OutputPlan } from '../../media/output/output-plan.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Frame } from '../../planes/frame.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { StillPlan } from '../plan/still-plan.js';
import { mapOrdered } from '../../map-ordered.js';
import { workersOf } from '../plan/expected-frames.js';

/** Frames that warm up threads and encoder, and frames that are timed. */
const [warmFrames, timedFrames] = [4, 8];

/** A picture with an edge, a slope and grain, different for each `index`. */
function trialFrame(layout: FrameLayout, index: number): Frame {
  const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
  const { sampleBytes, format } = layout;
  const peak = 2 ** format.bitDepth - 1;
  const samples = sampleBytes === 1 ? data : new Uint16Array(data.buffer);
  for (let i = 0; i < samples.length; i++) {
    const x = (i + 7 * index) % layout.width;
    const grain = (Math.imul(i + index, 0x9e3779b1) >>> 28) / 255;
    samples[i] =
      peak * Math.min(1, (x < layout.width / 2 ? 0.2 : 0.5) + x / (4 * layout.width) + grain);
  }
  return { index, pts: index, data };
}

function* trialFrames(layout: FrameLayout): Generator<Frame> {
  for (let i = 0; i < warmFrames + timedFrames; i++) yield trialFrame(layout, i);
}

/**
 * The largest frame that is tried, in luma samples each way: larger frames take as long per sample.
 */
const [mostWide, mostHigh] = [320, 192];

/** As much of `size` as is tried: in blocks of 16, which every chroma and encoder divides. */
const triedPart = (size: number, most: number): number => Math.max(16, Math.min(size, most) & ~15);

/** The output of a trial: as planned, but with smaller pictures. */
function trialOutput(plan: OutputPlan, layout: FrameLayout): OutputPlan {
  const { width: codedWidth, height: codedHeight } = layout;
  return { ...plan, frameLayout: layout, codedWidth, codedHeight, reduces: false };
}

/**
 * Seconds per frame with the model, size, threads and encoder of `plan`, measured on a few
 * synthetic frames. Rejects as `openUpscaler` and the encoder do, and once `signal` fires.
 */
export async function speedTrial(
  ffmpeg: Ffmpeg,
  plan: JobPlan | StillPlan,
  signal: AbortSignal,
): Promise<number> {
  const { chain, settings } = plan;
  const video = plan.kind === 'clip' ? plan.source.video : null;
  const { format, width, height } = plan.kind === 'clip' ? plan.source.video : plan.still.layout;
  const layout = frameLayout(format, triedPart(width, mostWide), triedPart(height, mostHigh));
  const workers = plan.kind === 'clip' ? workersOf(plan) : 1;
  await using upscaler = await openUpscaler({
    ...{ chain, layout, workers, signal },
    ...{ provider: settings.provider, precision: settings.precision },
    siting: video === null ? 'center' : (video.colour.siting ?? 'left'),
    range: video === null ? 'pc' : (video.colour.range ?? 'tv'),
    matrix: video?.colour.matrix ?? null,
    ...{ scores: plan.paths.log !== null, reuse: false },
    mask: plan.mask?.plane ?? null,
  });
  await using folder = await temporaryFolder('speed');
  const file = path.join(folder.path, 'trial.part');
  const encoder =
    plan.kind === 'clip'
      ? openEncoder(ffmpeg, trialOutput(plan.outputPlan, upscaler.layout), file, { signal })
      : null;
  const frames = Readable.from(trialFrames(layout)) as AsyncIterable<Frame>;
  let startedAt = performance.now();
  let done = 0;
  for await (const { frame } of mapOrdered(frames, workers + 2, (each) => upscaler.upscale(each))) {
    await encoder?.write(frame);
    upscaler.release(frame);
    if (++done === warmFrames) startedAt = performance.now();
  }
  await encoder?.finish();
  const seconds = (performance.now() - startedAt) / 1000 / timedFrames;
  return (seconds * width * height) / (layout.width * layout.height);
}
