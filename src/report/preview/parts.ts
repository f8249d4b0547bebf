import { openUpscaler } from '../../enlarge/upscaler.js';
import type { Chain } from '../../model/catalogue/chain.js';
import { cropFrame } from '../../planes/crop-frame.js';
import { enlarged } from '../../planes/enlarged.js';
import type { Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { isSteadied } from '../../upscale/plan/model-choice.js';
import { busiestCrop, type Crop } from '../page/before-after.js';
import { rgbOfFrame, type RgbPicture } from '../rgb-picture.js';
import type { TellingFrame } from './frames-around.js';
import { partMasks } from './part-masks.js';

/** Largest size, in samples, of the enlarged pictures: of larger ones a part is shown. */
const largestShown = { width: 1280, height: 720 };

/** Samples around a part that are enlarged with it: more than networks and averaging reach. */
const margin = 32;

/** Places of parts are multiples of this, so that they fit chroma and scales of 3/2. */
const grid = 4;

/** A part of a frame with a margin around it, and the same of the frames around. */
export type Part = {
  readonly data: Uint8Array;
  readonly layout: FrameLayout;
  /** Where it begins in the frame, margin included. */
  readonly from: { readonly left: number; readonly top: number };
  /** Two before and two after; `null` where the clip has none; empty where none is averaged. */
  readonly around: readonly (Uint8Array | null)[];
  /** What of it is shown. */
  readonly shown: Crop;
};

/** The part of a frame with the most detail. */
export async function busiestPart(picture: RgbPicture, scale: number): Promise<Crop> {
  const most = (extent: number, shown: number): number =>
    Math.min(extent, Math.max(2, 2 * Math.floor(shown / scale / 2)));
  const width = most(picture.width, largestShown.width);
  const height = most(picture.height, largestShown.height);
  if (width === picture.width && height === picture.height) {
    return { left: 0, top: 0, width, height };
  }
  const { default: sharp } = await import('sharp');
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const soft = await sharp(picture.data, { raw }).blur(2).raw().toBuffer();
  const found = busiestCrop(picture, { ...picture, data: soft }, width, height);
  const onGrid = (place: number): number => place - (place % grid);
  return { ...found, left: onGrid(found.left), top: onGrid(found.top) };
}

/** A span with the margin, along one axis; its length is the same wherever it lies in `extent`. */
function widened(place: number, length: number, extent: number): { from: number; length: number } {
  const wanted = Math.min(extent, length + 2 * margin);
  const wide = extent - grid * Math.floor((extent - wanted) / grid);
  return { from: Math.min(Math.max(0, place - margin), extent - wide), length: wide };
}

/** The part `shown` of a frame of `layout`. */
export function partOf(frame: TellingFrame, shown: Crop, layout: FrameLayout): Part {
  const x = widened(shown.left, shown.width, layout.width);
  const y = widened(shown.top, shown.height, layout.height);
  const cut = (data: Uint8Array) =>
    cropFrame(data, layout, x.length, y.length, { left: x.from, top: y.from });
  return {
    ...cut(frame.data),
    from: { left: x.from, top: y.from },
    around: frame.around.map((data) => (data === null ? null : cut(data).data)),
    shown: { ...shown, left: shown.left - x.from, top: shown.top - y.from },
  };
}

/** The shown area of an enlarged part, as a picture. */
function pictureOf(
  data: Uint8Array,
  layout: FrameLayout,
  { shown }: Part,
  { source, chain: { scale } }: JobPlan,
): RgbPicture {
  const at = { left: shown.left * scale, top: shown.top * scale };
  const [width, height] = [enlarged(shown.width, scale), enlarged(shown.height, scale)];
  const cut = cropFrame(data, layout, width, height, at);
  return rgbOfFrame(cut.data, cut.layout, source.video.colour);
}

/** The parts enlarged by plain bicubic. */
export function bicubicParts(parts: readonly Part[], plan: JobPlan): RgbPicture[] {
  const { scale } = plan.chain;
  const siting = plan.source.video.colour.siting ?? 'left';
  return parts.map((part) => {
    const { width, height } = part.layout;
    const size = { width: enlarged(width, scale), height: enlarged(height, scale) };
    const large = resizeFrame(part.data, part.layout, size, { siting });
    return pictureOf(large.data, large.layout, part, plan);
  });
}

/** The result of enlarging the parts by one way. */
export type Enlarged = {
  readonly pictures: readonly RgbPicture[];
  /** Seconds that one thread takes for a whole frame. */
  readonly secondsPerFrame: number;
  /** What ran: provider and precision. */
  readonly runs: string;
};

/**
 * Enlarges every part by a chain, averaged over frames where `upscale` would; the first one, which
 * also warms everything up, is not timed.
 */
export async function enlargeParts(
  parts: readonly Part[],
  chain: Chain,
  plan: JobPlan,
  signal: AbortSignal,
): Promise<Enlarged> {
  const { video } = plan.source;
  const { settings } = plan;
  const pictures: RgbPicture[] = [];
  const layout = parts[0]!.layout;
  await using upscaler = await openUpscaler({
    ...{ chain, layout, signal },
    siting: video.colour.siting ?? 'left',
    range: video.colour.range ?? 'tv',
    matrix: video.colour.matrix,
    provider: settings.provider,
    workers: 1,
    precision: settings.precision,
    scores: plan.paths.log !== null,
    reuse: false,
    steady: isSteadied(chain, settings),
  });
  const masks = partMasks(chain, plan);
  // Where the mask is black, the network does not run on the CPU; here it did.
  const share = upscaler.provider === 'cpu' ? (masks?.share ?? 1) : 1;
  const spent = (): number => {
    const { inferenceMs, chromaMs, scoresMs } = upscaler.timings;
    return share * inferenceMs + chromaMs + scoresMs;
  };
  const show = (frame: Frame): void => {
    const part = parts[pictures.length]!;
    masks?.blend(part, frame.data);
    pictures.push(pictureOf(frame.data, upscaler.layout, part, plan));
    upscaler.release(frame);
  };
  const shared = (index: number, samples: Uint8Array): Frame => {
    const data = new Uint8Array(new SharedArrayBuffer(samples.byteLength));
    data.set(samples);
    return { index, pts: index, data };
  };
  const enlarge = async (index: number): Promise<Frame> => {
    const part = parts[index]!;
    const around = part.around.map((data) => (data === null ? null : shared(index, data)));
    return (await upscaler.upscale(shared(index, part.data), undefined, around)).frame;
  };
  let last = await enlarge(0);
  const before = spent();
  if (parts.length === 1) last = await enlarge(0);
  for (let index = 1; index < parts.length; index++) {
    const next = enlarge(index);
    // Beside the thread that enlarges the next one.
    show(last);
    last = await next;
  }
  const timed = Math.max(1, parts.length - 1);
  const took = spent() - before;
  show(last);
  const area = (video.width * video.height) / (layout.width * layout.height);
  const seconds = (took / 1000 / timed) * area;
  const runs = `${upscaler.provider} ${upscaler.precision}`;
  return { pictures, secondsPerFrame: seconds, runs };
}
