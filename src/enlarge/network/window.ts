import type { InferenceGraph, Joint } from '../../model/load/inference-graph.js';
import { enlarged } from '../../planes/enlarged.js';
import type { Rect } from '../../planes/rect.js';

/** The input of one run for a rectangle of the picture, and where the result lies in its output. */
export type Window = {
  /** Samples that are taken; beyond the picture, the edge is repeated. */
  readonly taken: Rect;
  /** Samples that the output covers, at the source's size. */
  readonly given: Rect;
  /** Feeds of the joints between passes, in order. */
  readonly joints: readonly JointFeed[];
};

/**
 * Run-time inputs of one joint: what to cut out of the earlier pass's output, and by how much to
 * widen it again.
 */
export type JointFeed = {
  readonly starts: readonly [number, number];
  readonly ends: readonly [number, number];
  readonly pads: readonly number[];
};

/** The window for `rect` of a `width` x `height` picture. */
export function windowFor(
  graph: InferenceGraph,
  rect: Rect,
  width: number,
  height: number,
): Window {
  const { halo, align } = graph;
  const up = (value: number): number => Math.ceil(value / align) * align;
  if (graph.border === 'valid') {
    // May reach beyond the picture, where the edge is repeated; the surplus is not copied out.
    const from = (value: number): number =>
      graph.anchored ? Math.floor(value / align) * align : value;
    const [x0, y0] = [from(rect.x0), from(rect.y0)];
    const given = { x0, y0, x1: x0 + up(rect.x1 - x0), y1: y0 + up(rect.y1 - y0) };
    return {
      taken: widened(given, halo),
      given,
      joints: graph.joints.map((j) => jointFeed(j, given, width, height)),
    };
  }
  if (graph.fixed !== null) {
    const { x0, x1 } = fixedSpan(rect.x0, rect.x1, width, graph.fixed.width);
    const { x0: y0, x1: y1 } = fixedSpan(rect.y0, rect.y1, height, graph.fixed.height);
    const taken = { x0, y0, x1, y1 };
    return { taken, given: taken, joints: [] };
  }
  const down = (value: number): number => Math.floor(value / align) * align;
  // Reaches beyond the picture only as far as alignment needs: the model pads the border itself.
  const taken = {
    x0: down(Math.max(0, rect.x0 - halo)),
    y0: down(Math.max(0, rect.y0 - halo)),
    x1: up(Math.min(width, rect.x1 + halo)),
    y1: up(Math.min(height, rect.y1 + halo)),
  };
  return { taken, given: taken, joints: [] };
}

/** The samples of the larger picture that belong to `rect` of the source. */
export function enlargedRect(rect: Rect, scale: number): Rect {
  const { x0, y0, x1, y1 } = rect;
  return {
    ...{ x0: enlarged(x0, scale), y0: enlarged(y0, scale) },
    ...{ x1: enlarged(x1, scale), y1: enlarged(y1, scale) },
  };
}

/** `rect` enlarged by `by` samples on each side. */
export function widened(rect: Rect, by: number): Rect {
  return { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by };
}

function jointFeed(joint: Joint, rect: Rect, width: number, height: number): JointFeed {
  const { scale, given, needed } = joint;
  // The later pass repeats the edge of the earlier pass's picture, as if that had been made whole:
  // `real` samples on each side are of the picture, the rest is padded. Where the window itself
  // reaches beyond the picture, `real` is negative, which cuts that part off.
  const real = [
    Math.min(needed, rect.y0 * scale),
    Math.min(needed, rect.x0 * scale),
    Math.min(needed, enlarged(height, scale) - rect.y1 * scale),
    Math.min(needed, enlarged(width, scale) - rect.x1 * scale),
  ] as const;
  const [top, left, bottom, right] = real;
  return {
    starts: [given - top, given - left],
    ends: [
      given + (rect.y1 - rect.y0) * scale + bottom,
      given + (rect.x1 - rect.x0) * scale + right,
    ],
    pads: [0, 0, needed - top, needed - left, 0, 0, needed - bottom, needed - right],
  };
}

/** `size` samples around a span, within the picture where that is large enough. */
function fixedSpan(
  from: number,
  to: number,
  length: number,
  size: number,
): { x0: number; x1: number } {
  const spare = size - (to - from);
  const x0 = Math.max(0, Math.min(from - (spare >> 1), length - size));
  return { x0, x1: x0 + size };
}
