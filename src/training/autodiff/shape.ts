import type { Tape, Value } from './tape.js';

/** The same elements in another shape. */
export function reshape(tape: Tape, x: Value, shape: readonly number[]): Value {
  const to = (value: Value, extents: readonly number[]) =>
    tape.node('Reshape', [value], extents, {}, [tape.graph.ints('shape', extents)]);
  return tape.record(to(x, shape), [[x, (dy) => to(dy, x.shape)]]);
}

/** The axes in the order of `order`. */
export function transpose(tape: Tape, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]!);
  const y = tape.node('Transpose', [x], shape, { perm: order });
  const back = order.map((_, axis) => order.indexOf(axis));
  return tape.record(y, [[x, (dy) => tape.node('Transpose', [dy], x.shape, { perm: back })]]);
}

/** The samples from `start` on, as many as `extents` says, per axis. */
export function crop(
  tape: Tape,
  x: Value,
  start: readonly number[],
  extents: readonly number[],
): Value {
  const axes = x.shape.map((_, axis) => axis);
  const end = start.map((from, axis) => from + extents[axis]!);
  const y = tape.node('Slice', [x], extents, {}, [
    tape.graph.ints('from', start),
    tape.graph.ints('to', end),
    tape.graph.ints('axes', axes),
  ]);
  // What was cut off had no part in the result: zeros take its place.
  const after = x.shape.map((extent, axis) => extent - end[axis]!);
  return tape.record(y, [
    [
      x,
      (dy) => tape.node('Pad', [dy], x.shape, {}, [tape.graph.ints('pads', [...start, ...after])]),
    ],
  ]);
}
