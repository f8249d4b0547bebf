import type { Tape, Value } from './tape.js';

/**
 * Added to a squared length, so that a vector of zeros has a gradient as well. Features are far
 * longer, so that others come out of length 1.
 */
const epsilon = 1e-6;

/** Brings the vectors over the channels of features [N, C, ...] to length 1, place by place. */
export function unitLength(tape: Tape, x: Value): Value {
  const { shape } = x;
  const [n, c, ...place] = shape as [number, number, ...number[]];
  const one = [n, 1, ...place];
  const flat = [n, c, place.reduce((product, extent) => product * extent, 1)];
  const reshaped = (value: Value, to: number[]) =>
    tape.node('Reshape', [value], to, {}, [tape.graph.ints('shape', to)]);
  const ones = tape.graph.initializer('ones', 'float32', [1, c], new Float32Array(c).fill(1));
  const row = { name: ones, shape: [1, c] };
  // As a product with ones, which is faster than ReduceSum (onnxruntime 1.30).
  const sum = (value: Value): Value =>
    reshaped(tape.node('MatMul', [row, reshaped(value, flat)], [n, 1, flat[2]!]), one);
  const square = tape.node('Mul', [x, x], shape);
  const above = tape.node('Add', [sum(square), tape.scalar(epsilon)], one);
  const length = tape.node('Sqrt', [above], one);
  const y = tape.node('Div', [x, length], shape);
  // y = x / |x|, so that of dy only what is across y changes it: dx = (dy - y (y . dy)) / |x|.
  return tape.record(y, [
    [
      x,
      (dy) => {
        const along = tape.node('Mul', [y, sum(tape.node('Mul', [y, dy], shape))], shape);
        return tape.node('Div', [tape.node('Sub', [dy, along], shape), length], shape);
      },
    ],
  ]);
}
