import type { Tape, Value } from './tape.js';

/** Plain nodes: each sample of [N, C, H, W] repeated `size` times each way. */
function repeated(tape: Tape, x: Value, size: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const apart = [n, c, h, 1, w, 1];
  const wide = [n, c, h, size, w, size];
  const joined = [n, c, h * size, w * size];
  const shaped = tape.node('Reshape', [x], apart, {}, [tape.graph.ints('shape', apart)]);
  const expanded = tape.node('Expand', [shaped], wide, {}, [tape.graph.ints('shape', wide)]);
  return tape.node('Reshape', [expanded], joined, {}, [tape.graph.ints('shape', joined)]);
}

/**
 * The largest sample of each `size` x `size` block of [N, C, H, W]; H and W are multiples of
 * `size`. The gradient goes to the largest sample; where several are equally large, to each of
 * them. No network uses it yet; those that losses take features from do.
 */
export function maxPool(tape: Tape, x: Value, size: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  if (h % size !== 0 || w % size !== 0) throw new RangeError(`${h}x${w} is no multiple of ${size}`);
  const y = tape.node('MaxPool', [x], [n, c, h / size, w / size], {
    kernel_shape: [size, size],
    strides: [size, size],
  });
  return tape.record(y, [
    [
      x,
      (dy) => {
        const largest = tape.node('Equal', [x, repeated(tape, y, size)], x.shape);
        const gradient = repeated(tape, dy, size);
        return tape.node('Where', [largest, gradient, tape.scalar(0)], x.shape);
      },
    ],
  ]);
}
