import type { Plane } from '../../planes/plane.js';
import type { Random } from '../base/random.js';

/** The corners of the colour cube: clipped white and black, and the saturated colours. */
export const cornerColours = {
  white: [255, 255, 255],
  black: [0, 0, 0],
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  cyan: [0, 255, 255],
  magenta: [255, 0, 255],
  yellow: [255, 255, 0],
} as const satisfies Readonly<Record<string, readonly number[]>>;

const corners: readonly (readonly number[])[] = Object.values(cornerColours);

/** Number of shapes on a chart. */
const shapeCount = 14;

/** Least side of a chart, in samples. */
const leastSide = 192;

/**
 * A synthetic picture of `channels` planes, at least `least` samples each way: rectangles of flat
 * colour, lines and ramps over each other. Photographs have few clipped and saturated areas, and a
 * network may turn grey or green what it was never shown.
 */
export function chart(random: Random, least: number, channels: number): Plane[] {
  const side = Math.max(leastSide, least);
  const planes = Array.from({ length: channels }, () => new Uint8Array(side * side));
  const below = (limit: number) => Math.floor(random() * limit);
  const place = (most: number): readonly [number, number] => {
    const extent = 1 + below(most);
    const from = below(side - extent + 1);
    return [from, from + extent];
  };
  fill(planes, side, [0, side], [0, side], paint(random));
  for (let i = 0; i < shapeCount; i++) {
    // Every third shape is a line: 0 is an upright one, 1 a level one.
    const thin = i % 3 === 0 ? below(2) : -1;
    const across = place(thin === 0 ? 4 : side / 2);
    const down = place(thin === 1 ? 4 : side / 2);
    fill(planes, side, across, down, paint(random));
  }
  return planes.map((data) => ({ data, width: side, height: side }));
}

/** What a shape is filled with: a colour, or a ramp from one to another. */
type Paint = {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Whether a ramp goes from top to bottom, and not from left to right. */
  readonly down: boolean;
};

function colour(random: Random): readonly number[] {
  const kind = random();
  if (kind < 0.3) return cornerColours.white;
  if (kind < 0.7) return corners[Math.floor(random() * corners.length)]!;
  const grey = Math.floor(random() * 256);
  if (kind < 0.85) return greyOf(grey);
  return [grey, Math.floor(random() * 256), Math.floor(random() * 256)];
}

function greyOf(level: number): readonly number[] {
  return [level, level, level];
}

function paint(random: Random): Paint {
  const [kind, down] = [random(), random() < 0.5];
  // Greys from black or white to any other, since networks err first near the ends of the range.
  if (kind < 0.15) {
    return { from: greyOf(random() < 0.7 ? 0 : 255), to: greyOf(Math.floor(random() * 256)), down };
  }
  const from = colour(random);
  return { from, to: kind < 0.35 ? colour(random) : from, down };
}

type Range = readonly [from: number, to: number];

function fill(
  planes: readonly Uint8Array[],
  side: number,
  [left, right]: Range,
  [top, bottom]: Range,
  { from, to, down }: Paint,
): void {
  const steps = Math.max(1, (down ? bottom - top : right - left) - 1);
  for (const [c, data] of planes.entries()) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const part = (down ? y - top : x - left) / steps;
        data[y * side + x] = Math.round(from[c]! + (to[c]! - from[c]!) * part);
      }
    }
  }
}
