import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import type { Random } from '../base/random.js';
import { cropPlane } from '../../planes/crop-plane.js';

/** Pictures that follow one another, each at both sizes. */
export type Moving = { readonly low: readonly Plane[]; readonly high: readonly Plane[] };

/**
 * Highest speeds, in low-resolution samples from one picture to the next, one of which is drawn
 * each time. Deinterlacing errs in another way at each: slow motion is taken for stillness, fast
 * motion leaves it with the lines of one field.
 */
const speeds = [0.5, 2, 5, 10] as const;

/** Side, in low-resolution samples, that is left of a picture however fast the view moves. */
const leastView = 64;

/** How often something moves in the view by itself. */
const objectShare = 0.6;

/** How far something moves from one picture to the next, in samples. */
type Motion = { readonly x: number; readonly y: number };

/** An ellipse, filled with another part of the picture, that crosses the view. */
type Moved = Motion & {
  /** Its middle in the first picture, in samples of the view. */
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  /** What is added to a place in it to find the sample that it is filled with. */
  readonly from: Motion;
};

/**
 * `count` views of a still picture, cropped to sizes that are even in low resolution: the view
 * moves at one speed, and at times something in it at another.
 */
export function movingViews(still: Plane, scale: number, count: number, random: Random): Moving {
  const motion = drawMotion(scale, random);
  const [x, y] = [
    along(still.width, motion.x, scale, count, random),
    along(still.height, motion.y, scale, count, random),
  ];
  const [width, height] = [x.extent, y.extent];
  const moved = random() < objectShare ? drawMoved(still, { width, height }, scale, random) : null;
  const high = Array.from({ length: count }, (_, i) => {
    const view = cropPlane(still, x.places[i]!, y.places[i]!, width, height);
    if (moved !== null) place(still, moved, i, view);
    return view;
  });
  const low = high.map((view) => resizePlane(view, width / scale, height / scale));
  return { low, high };
}

function drawMotion(scale: number, random: Random): Motion {
  const most = speeds[Math.floor(random() * speeds.length)]! * scale;
  return { x: (2 * random() - 1) * most, y: (2 * random() - 1) * most };
}

/** How much of a picture's `length` a view shows that moves by `step`, and where it begins. */
function along(length: number, step: number, scale: number, count: number, random: Random) {
  const block = 2 * scale;
  const room = Math.max(0, length - leastView * scale);
  const path = Math.sign(step) * Math.min(room, Math.abs(step) * (count - 1));
  const extent = Math.floor((length - Math.ceil(Math.abs(path))) / block) * block;
  const free = length - extent - Math.abs(path);
  const start = Math.max(0, -path) + random() * free;
  const places = Array.from({ length: count }, (_, i) => {
    const at = Math.round(start + (path * i) / Math.max(1, count - 1));
    return Math.min(length - extent, Math.max(0, at));
  });
  return { extent, places };
}

function drawMoved(
  still: Plane,
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
  random: Random,
): Moved {
  const part = (extent: number) => Math.max(4, extent * (0.08 + 0.27 * random()));
  const [left, top] = [random() * width, random() * height];
  const from = (length: number, at: number) => Math.floor(random() * length - at);
  return {
    ...drawMotion(scale, random),
    ...{ left, top, across: part(width), down: part(height) },
    from: { x: from(still.width, left), y: from(still.height, top) },
  };
}

/** Draws what moves into the `i`-th view. */
function place(still: Plane, moved: Moved, i: number, view: Plane): void {
  const { across, down, from } = moved;
  // Whole samples, so that its texture moves with its outline.
  const [x, y] = [Math.round(moved.x * i), Math.round(moved.y * i)];
  const [middleX, middleY] = [moved.left + x, moved.top + y];
  const within = (place: number, length: number) => Math.min(length - 1, Math.max(0, place));
  const first = within(Math.ceil(middleY - down), view.height);
  const last = within(Math.floor(middleY + down), view.height);
  for (let v = first; v <= last; v++) {
    const half = across * Math.sqrt(Math.max(0, 1 - ((v - middleY) / down) ** 2));
    const row = within(v - y + from.y, still.height) * still.width;
    const end = Math.min(view.width - 1, Math.floor(middleX + half));
    for (let u = Math.max(0, Math.ceil(middleX - half)); u <= end; u++) {
      view.data[v * view.width + u] = still.data[row + within(u - x + from.x, still.width)]!;
    }
  }
}
