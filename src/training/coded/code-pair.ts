import { stepOfJpeg } from '../../media/compression/quantiser-steps.js';
import { strengthOfStep } from '../../media/compression/strength.js';
import { codeAndDecode, type Decoded } from '../../media/frames/code-and-decode.js';
import { codeAsJpeg } from '../../media/still/grey-jpeg.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { normals, type Random } from '../base/random.js';
import { woven } from './fields.js';
import { cropPlane } from '../../planes/crop-plane.js';
import type { PlanePair } from './plane-pair.js';
import type { DrawCoding, DrawnCoding } from './draw-coding.js';

/**
 * Number of frames of the clip that a still is coded as: x264 treats the first frame, those between
 * and the last differently.
 */
export const clipFrames = 6;

/** How far, in low-resolution samples, the view moves at most from one frame to the next. */
const furthestMove = 2;

/**
 * Standard deviation of a random number that is added to the strength, since a job's estimate of
 * its source's strength is not exact either.
 */
const doubt = 0.03;

/**
 * Codes a still as a short clip and takes one of its frames. The view pans by whole samples of the
 * original, which are fractions of a low-resolution sample, so that no frame is a mere copy of
 * another.
 */
export async function codePair(
  { low, high, strength }: PlanePair,
  scale: number,
  draw: DrawCoding,
  random: Random,
): Promise<PlanePair> {
  const margin = Math.ceil((furthestMove * (clipFrames - 1)) / 2);
  // 4:2:0 needs even sizes.
  const width = (low.width - 2 * margin) & ~1;
  const height = (low.height - 2 * margin) & ~1;
  if (width < 16 || height < 16) return { low, high, strength };
  const moves = 2 * furthestMove * scale + 1;
  const drawMove = () => Math.floor(random() * moves) - furthestMove * scale;
  const [moveX, moveY] = [drawMove(), drawMove()];
  const chosen = Math.floor(random() * clipFrames);
  const coding = draw(random);
  /** Where a view begins, in samples of the original; `frame` ends in .5 for second fields. */
  const at = (frame: number, move: number) => {
    const place = margin * scale + Math.round((frame - (clipFrames - 1) / 2) * move);
    return Math.min(2 * margin * scale, Math.max(0, place));
  };
  const reduced = new Map<number, Plane>();
  const view = (frame: number): Plane => {
    const [x, y] = [at(frame, moveX), at(frame, moveY)];
    const [shiftX, shiftY] = [x % scale, y % scale];
    const phase = shiftY * scale + shiftX;
    const whole =
      reduced.get(phase) ?? resizePlane(high, low.width, low.height, 8, { shiftX, shiftY });
    reduced.set(phase, whole);
    return cropPlane(whole, (x - shiftX) / scale, (y - shiftY) / scale, width, height);
  };
  const interlaced = coding.coder !== 'jpeg' && coding.fields !== undefined;
  const frames = Array.from({ length: clipFrames }, (_, frame) =>
    interlaced ? woven(view(frame), view(frame + 0.5)) : view(frame),
  );
  const coded = await drawnCoding(frames, coding, random);
  return {
    low: coded.frames[chosen]!,
    high: cropPlane(high, at(chosen, moveX), at(chosen, moveY), width * scale, height * scale),
    strength: coded.strength,
  };
}

/** Codes and decodes frames; the strength of their compression gets a random error. */
export async function drawnCoding(
  frames: readonly Plane[],
  coding: DrawnCoding,
  random: Random,
): Promise<Decoded> {
  const { coder, quality } = coding;
  const coded =
    coder === 'jpeg' ? await asJpegs(frames, quality) : await codeAndDecode(frames, coding);
  const strength = coded.strength + doubt * normals(random)();
  return { ...coded, strength: Math.min(1, Math.max(0, strength)) };
}

async function asJpegs(frames: readonly Plane[], quality: number): Promise<Decoded> {
  const coded = await Promise.all(frames.map((frame) => codeAsJpeg(frame, quality)));
  const step = stepOfJpeg(coded[0]!.file) ?? 1;
  return { frames: coded.map(({ plane }) => plane), strength: strengthOfStep(step) };
}
