import type { Plane } from '../planes/plane.js';
import type { Random } from './random.js';

/** How a view moves over a still, from each frame to the next. */
type Motion = {
  /** Samples of the still. */
  readonly dx: number;
  readonly dy: number;
  /** Ratio of sizes. */
  readonly zoom: number;
  /** Radians. */
  readonly turn: number;
};

/** An ellipse whose inside moves otherwise than what is around it; in samples of the still. */
type Figure = {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
};

/** Samples of the still that a view moves by from frame to frame, at most. */
const furthestMove = 8;

function drawMotion(random: Random): Motion {
  const within = (most: number): number => (2 * random() - 1) * most;
  // Slow motion is more frequent than fast.
  const reach = furthestMove * random() ** 2;
  const [dx, dy] = [within(reach), within(reach)];
  const zoom = random() < 0.5 ? 1 : 1 + within(0.015);
  const turn = random() < 0.6 ? 0 : within(0.01);
  return { dx, dy, zoom, turn };
}

/**
 * Makes a clip of a still, of `frames` frames, of which frame `whole` is the still itself: the camera pans,
 * zooms and turns, by fractions of a sample, and an ellipse moves otherwise, so that a codec can predict no
 * frame from another exactly. Beyond its border the still is repeated.
 */
export function clipOfStill(still: Plane, frames: number, whole: number, random: Random): Plane[] {
  const { width, height } = still;
  const [around, inside] = [drawMotion(random), drawMotion(random)];
  const figure: Figure = {
    x: random() * width,
    y: random() * height,
    rx: (0.1 + 0.25 * random()) * width,
    ry: (0.1 + 0.25 * random()) * height,
  };
  return Array.from({ length: frames }, (_, frame) =>
    frame === whole ? still : view(still, frame - whole, around, inside, figure),
  );
}

/** An affine map of places: x, y to (a x + b y + c, d x + e y + f). */
type Places = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Where, in the still, a view lies `steps` frames on. */
function placesOf({ dx, dy, zoom, turn }: Motion, steps: number, { width, height }: Plane): Places {
  const size = zoom ** steps;
  const [cos, sin] = [size * Math.cos(turn * steps), size * Math.sin(turn * steps)];
  const [cx, cy] = [width / 2, height / 2];
  return [
    ...([cos, -sin, cx - cos * cx + sin * cy + dx * steps] as const),
    ...([sin, cos, cy - sin * cx - cos * cy + dy * steps] as const),
  ];
}

function view(still: Plane, steps: number, around: Motion, inside: Motion, figure: Figure): Plane {
  const { width, height } = still;
  const [outer, inner] = [placesOf(around, steps, still), placesOf(inside, steps, still)];
  const data = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = inner[0] * x + inner[1] * y + inner[2];
      const v = inner[3] * x + inner[4] * y + inner[5];
      const isInside = ((u - figure.x) / figure.rx) ** 2 + ((v - figure.y) / figure.ry) ** 2 < 1;
      data[i] = isInside
        ? sampleAt(still, u, v)
        : sampleAt(
            still,
            outer[0] * x + outer[1] * y + outer[2],
            outer[3] * x + outer[4] * y + outer[5],
          );
    }
  }
  return { data, width, height };
}

/** The still between its samples, bilinear, rounded. */
function sampleAt({ data, width, height }: Plane, x: number, y: number): number {
  const u = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const v = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const left = Math.min(width - 2, Math.floor(u));
  const top = Math.min(height - 2, Math.floor(v));
  const [s, t] = [u - left, v - top];
  const i = top * width + left;
  const upper = data[i]! + s * (data[i + 1]! - data[i]!);
  const lower = data[i + width]! + s * (data[i + width + 1]! - data[i + width]!);
  return Math.round(upper + t * (lower - upper));
}
