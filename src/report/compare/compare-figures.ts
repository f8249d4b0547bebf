import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { DecodedFrames } from '../../media/decode/decode-report.js';
import { isSmaller } from '../../media/frames/compare-clips.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Source } from '../../media/source/source.js';
import { meanSquaredError } from '../../metrics/psnr.js';
import { planeOf, type Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import { FlickerSums } from '../meters/flicker-sums.js';
import { FigureSums, lumaErrors, type Figures, type WorstFrame } from '../evaluate/evaluation.js';

/** Figures of how close two clips are. */
export type PairFigures = Figures & { readonly frames: number; readonly worst: WorstFrame };

function rate({ video }: Source): number | null {
  return video.frameRate === null ? null : video.frameRate.num / video.frameRate.den;
}

type Size = { readonly width: number; readonly height: number };

function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Refuses two clips that differ in `what`, with the figures `of` both. */
function refuse(a: Source, b: Source, what: string, of: (source: Source) => string): never {
  throw new VsrError(
    'media',
    `Expected two clips of one ${what} but ${a.path} has ${of(a)} and ${b.path} has ${of(b)}.`,
  );
}

/** Refuses clips whose frames do not go together in time, with both figures. */
export function checkSameTimes(a: Source, b: Source): void {
  const [rateA, rateB] = [rate(a), rate(b)];
  // Containers round rates: a difference of up to a thousandth does not count.
  if (rateA !== null && rateB !== null && Math.abs(rateA / rateB - 1) > 1e-3) {
    refuse(a, b, 'frame rate', (source) => `${rate(source)?.toFixed(3)} frames a second`);
  }
  const [countA, countB] = [a.video.frameCount, b.video.frameCount];
  if (countA !== null && countB !== null && countA !== countB) {
    refuse(a, b, 'length', ({ video }) => `${video.frameCount} frames`);
  }
}

/** Refuses clips that cannot be compared frame by frame, with both figures. */
export function checkComparable(a: Source, b: Source): void {
  if (
    !isSmaller(a.video, b.video) &&
    !isSmaller(b.video, a.video) &&
    !isSameSize(a.video, b.video)
  ) {
    refuse(a, b, 'size', ({ video }) => `${video.width}x${video.height}`);
  }
  if (a.video.format.name !== b.video.format.name) {
    refuse(a, b, 'sample format', ({ video }) => video.format.name);
  }
  checkSameTimes(a, b);
}

function addFrame(sums: FigureSums, layout: FrameLayout, a: Frame, b: Frame): void {
  const of = (frame: Frame, plane: number) => planeOf(frame.data, layout, plane);
  const mse = (plane: number) =>
    layout.format.chroma === null ? null : meanSquaredError(of(a, plane), of(b, plane));
  sums.add(lumaErrors(of(a, 0), of(b, 0), layout.format.bitDepth, 0), mse(1), mse(2));
}

/** The frame at the size of `target`'s, by plain bicubic where it is smaller. */
function atSize(frame: Frame, layout: FrameLayout, target: Size, source: Source): Frame {
  if (isSameSize(layout, target)) return frame;
  const siting = source.video.colour.siting ?? 'left';
  const large = resizeFrame(frame.data, layout, target, { siting });
  return { ...frame, data: large.data };
}

async function countRest(decoded: DecodedFrames, frames: AsyncIterator<Frame>): Promise<number> {
  let count = 0;
  for (;;) {
    const step = await frames.next();
    if (step.done === true) return count;
    decoded.release(step.value);
    count++;
  }
}

/**
 * Compares `b` with `a`, frame by frame as they are stored, the smaller one enlarged by plain
 * bicubic. `onFrames` is called with the number of frames compared so far. Throws VsrError `media`
 * where their sizes, formats, rates or lengths do not fit.
 */
export async function pairFigures(
  ffmpeg: Ffmpeg,
  a: Source,
  b: Source,
  onFrames: (frames: number) => void = () => {},
): Promise<PairFigures> {
  checkComparable(a, b);
  const [left, right] = [decodeFrames(ffmpeg, a), decodeFrames(ffmpeg, b)];
  const others = right[Symbol.asyncIterator]();
  const frames = left[Symbol.asyncIterator]();
  const sums = new FigureSums(a.video.format.bitDepth);
  const larger = isSmaller(a.video, b.video) ? right.layout : left.layout;
  const flicker = new FlickerSums(larger, larger.format.bitDepth);
  try {
    for (;;) {
      const [one, other] = [await frames.next(), await others.next()];
      if (one.done === true && other.done === true) break;
      if (one.done === true || other.done === true) {
        const more =
          one.done === true ? await countRest(right, others) : await countRest(left, frames);
        const counts = [sums.frames, sums.frames + more + 1];
        const [countA, countB] = one.done === true ? counts : counts.reverse();
        throw new VsrError(
          'media',
          `Expected two clips of one length but ${a.path} has ${countA} frames and ${b.path} has ${countB}.`,
        );
      }
      const pair = [
        atSize(one.value, left.layout, larger, a),
        atSize(other.value, right.layout, larger, b),
      ] as const;
      addFrame(sums, larger, ...pair);
      flicker.add(planeOf(pair[0].data, larger, 0), planeOf(pair[1].data, larger, 0));
      onFrames(sums.frames);
      left.release(one.value);
      right.release(other.value);
    }
  } finally {
    await Promise.all([frames.return?.(), others.return?.()]);
  }
  if (sums.frames === 0) throw new VsrError('media', `No frame of ${a.path} could be decoded.`);
  const measured = { ...sums.result(), flicker: flicker.mean() };
  return { ...measured, frames: sums.frames, worst: sums.worst() };
}
