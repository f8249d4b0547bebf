import type { Edge, Tape, Value } from './tape.js';

/** The same elements in another shape of as many elements. */
export function reshape(tape: Tape, x: Value, shape: readonly number[]): Value {
  const to = (value: Value, extents: readonly number[]) =>
    tape.node('Reshape', [value], extents, {}, [tape.graph.ints('shape', extents)]);
  return tape.record(to(x, shape), [[x, (dy) => to(dy, x.shape)]]);
}

/** The axes of `x` in another order: axis i of the result is axis `order[i]` of `x`. */
export function transpose(tape: Tape, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]!);
  const y = tape.node('Transpose', [x], shape, { perm: order });
  const back = order.map((_, axis) => order.indexOf(axis));
  return tape.record(y, [[x, (dy) => tape.node('Transpose', [dy], x.shape, { perm: back })]]);
}

/** A part of `x`: per axis, `extents` samples from `start` on. */
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
  // Samples that were cut off had no part in the result: their gradient is 0.
  const after = x.shape.map((extent, axis) => extent - end[axis]!);
  return tape.record(y, [
    [
      x,
      (dy) => tape.node('Pad', [dy], x.shape, {}, [tape.graph.ints('pads', [...start, ...after])]),
    ],
  ]);
}

/** `x` with `before` and `after` samples of `value` added per axis. */
export function pad(
  tape: Tape,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): Value {
  const shape = x.shape.map((extent, axis) => extent + before[axis]! + after[axis]!);
  const pads = tape.graph.ints('pads', [...before, ...after]);
  const around = value === 0 ? [] : [tape.graph.floats('around', value)];
  const y = tape.node('Pad', [x], shape, {}, [pads, ...around]);
  const end = before.map((from, axis) => from + x.shape[axis]!);
  return tape.record(y, [
    [
      x,
      (dy) =>
        tape.node('Slice', [dy], x.shape, {}, [
          tape.graph.ints('from', before),
          tape.graph.ints('to', end),
          tape.graph.ints('axes', [...x.shape.keys()]),
        ]),
    ],
  ]);
}

/** Several [N, C, H, W], alike but for C, joined along their channels. */
export function joinChannels(tape: Tape, parts: readonly Value[]): Value {
  const [n, , h, w] = parts[0]!.shape as [number, number, number, number];
  const channels = parts.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const y = tape.node('Concat', parts, [n, channels, h, w], { axis: 1 });
  let from = 0;
  const edges = parts.map((part): Edge => {
    const [first, end] = [from, (from += part.shape[1]!)];
    const bounds = { from: [first], to: [end], axes: [1] };
    const constants = () =>
      Object.entries(bounds).map(([name, values]) => tape.graph.ints(name, values));
    return [part, (dy) => tape.node('Slice', [dy], part.shape, {}, constants())];
  });
  return tape.record(y, edges);
}

/** Plain nodes: every `stride`-th row and column of [N, C, H, W], from the first on. */
function takeNodes(tape: Tape, x: Value, stride: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return tape.node('Slice', [x], [n, c, Math.ceil(h / stride), Math.ceil(w / stride)], {}, [
    tape.graph.ints('from', [0, 0]),
    tape.graph.ints('to', [h, w]),
    tape.graph.ints('axes', [2, 3]),
    tape.graph.ints('steps', [stride, stride]),
  ]);
}

/** Plain nodes: the reverse; samples `stride` apart with zeros between, `h` x `w` in all. */
export function spreadNodes(tape: Tape, x: Value, stride: number, h: number, w: number): Value {
  const [n, c, rows, columns] = x.shape as [number, number, number, number];
  const apart = tape.node('Reshape', [x], [n, c, rows, 1, columns, 1], {}, [
    tape.graph.ints('shape', [n, c, rows, 1, columns, 1]),
  ]);
  const wide = tape.node('Pad', [apart], [n, c, rows, stride, columns, stride], {}, [
    tape.graph.ints('pads', [0, 0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1]),
  ]);
  const joined = [n, c, rows * stride, columns * stride];
  const flat = tape.node('Reshape', [wide], joined, {}, [tape.graph.ints('shape', joined)]);
  return tape.node('Slice', [flat], [n, c, h, w], {}, [
    tape.graph.ints('from', [0, 0]),
    tape.graph.ints('to', [h, w]),
    tape.graph.ints('axes', [2, 3]),
  ]);
}

/**
 * Every `stride`-th row and column of [N, C, H, W]; after a convolution it makes a strided one.
 */
export function takeEvery(tape: Tape, x: Value, stride: number): Value {
  const [, , h, w] = x.shape as [number, number, number, number];
  return tape.record(takeNodes(tape, x, stride), [
    [x, (dy) => spreadNodes(tape, dy, stride, h, w)],
  ]);
}

function unshuffled([n, c, h, w]: readonly number[], block: number): number[] {
  return [n!, c! * block ** 2, h! / block, w! / block];
}

/**
 * Blocks of samples into channels: [N, C, H, W] to [N, block^2 C, H / block, W / block]; undone by
 * `depthToSpace`.
 */
export function spaceToDepth(tape: Tape, x: Value, block: number): Value {
  const shape = unshuffled(x.shape, block);
  const y = tape.node('SpaceToDepth', [x], shape, { blocksize: block });
  return tape.record(y, [
    [x, (dy) => tape.node('DepthToSpace', [dy], x.shape, { blocksize: block, mode: 'DCR' })],
  ]);
}

/**
 * Channels into blocks of samples, the block's place varying slowest: [N, block^2 C, H, W] to [N,
 * C, block H, block W].
 */
export function depthToSpace(tape: Tape, x: Value, block: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const shape = [n, c / block ** 2, h * block, w * block];
  const y = tape.node('DepthToSpace', [x], shape, { blocksize: block, mode: 'DCR' });
  return tape.record(y, [
    [x, (dy) => tape.node('SpaceToDepth', [dy], x.shape, { blocksize: block })],
  ]);
}
