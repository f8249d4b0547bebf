import { deinterlaceFrames } from '../../media/frames/code-and-decode.js';
import type { Random } from '../base/random.js';
import { drawnCoding } from './code-pair.js';
import type { DrawnFields } from './draw-coding.js';
import { interlaced, lowPassed } from './fields.js';
import type { Moving } from './moving-views.js';
import type { PlanePair } from './plane-pair.js';

/**
 * How many pictures become the fields of a clip: five frames, of which the outer ones are never
 * used, since a deinterlacer also reads the frames around.
 */
export const fieldCount = 10;

/**
 * Makes the pictures the fields of a clip, deinterlaces it and takes one of the pictures that this
 * gives, with the true one of the same time.
 */
export async function fieldPair(
  { low, high }: Moving,
  { order, rate, lowPass, coding }: DrawnFields,
  random: Random,
): Promise<PlanePair> {
  const frames = interlaced(lowPass ? low.map(lowPassed) : low, order);
  const fields = { order, rate };
  const { frames: pictures, strength } =
    coding === null
      ? await deinterlaceFrames(frames, fields)
      : await drawnCoding(frames, { ...coding, fields }, random);
  const perFrame = rate === 'field' ? 2 : 1;
  const frame = 1 + Math.floor(random() * (frames.length - 2));
  // 1 for the picture at the time of the second field.
  const field = Math.floor(random() * perFrame);
  return {
    low: pictures[frame * perFrame + field]!,
    high: high[2 * frame + field]!,
    strength,
    turns: 4,
  };
}
