import type { Tape, Value } from './tape.js';

/** Plain nodes: the sum of each `size` x `size` block of [N, C, H, W]. */
function blockSums(tape: Tape, x: Value, size: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const area = size * size;
  const [rows, columns] = [h / size, w / size];
  const apart = tape.node('SpaceToDepth', [x], [n, area * c, rows, columns], { blocksize: size });
  // SpaceToDepth puts the place within the block before c in the channel axis.
  const places = [n, area, c * rows * columns];
  const grouped = tape.node('Reshape', [apart], places, {}, [tape.graph.ints('shape', places)]);
  const axes = [tape.graph.ints('axes', [1])];
  const sums = tape.node('ReduceSum', [grouped], [n, places[2]!], { keepdims: 0 }, axes);
  const shape = [n, c, rows, columns];
  return tape.node('Reshape', [sums], shape, {}, [tape.graph.ints('shape', shape)]);
}

/** Each sample of [N, C, H, W] repeated `factor` times across and down. */
export function enlargeNearest(tape: Tape, x: Value, factor: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const area = factor * factor;
  const copies = tape.node('Concat', Array<Value>(area).fill(x), [n, area * c, h, w], { axis: 1 });
  const attributes = { blocksize: factor, mode: 'DCR' };
  const y = tape.node('DepthToSpace', [copies], [n, c, h * factor, w * factor], attributes);
  return tape.record(y, [[x, (dy) => blockSums(tape, dy, factor)]]);
}
