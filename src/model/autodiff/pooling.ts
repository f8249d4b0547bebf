import { add, multiply } from './pointwise.js';
import { crop, pad, spreadNodes, takeEvery } from './shape.js';
import type { Tape, Value } from './tape.js';

/** The windows of a pooling layer. */
export type Pooling = {
  /** Width and height of a window, in samples. */
  readonly size: number;
  /** Samples from one window to the next. */
  readonly stride: number;
  /** Samples of padding on each side of the picture; they count for neither maximum nor mean. */
  readonly border: number;
  /** Whether a last window that reaches beyond the padding counts, if it begins in the picture. */
  readonly ceil: boolean;
};

/** The number of windows along one side, and the samples that they span. */
function windows(extent: number, { size, stride, border, ceil }: Pooling) {
  const steps = (extent + 2 * border - size) / stride;
  let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // No window begins in the border after the picture.
  if (ceil && (count - 1) * stride >= extent + border) count--;
  return { count, needed: (count - 1) * stride + size };
}

/** The picture with a border of `value`, cut or padded to the samples that the windows span. */
function prepared(tape: Tape, x: Value, pooling: Pooling, value: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const { border } = pooling;
  const [rows, columns] = [windows(h, pooling).needed, windows(w, pooling).needed];
  const after = [rows - h - border, columns - w - border].map((extent) => Math.max(0, extent));
  const [below, right] = after as [number, number];
  const wide =
    border + below + right === 0
      ? x
      : pad(tape, x, [0, 0, border, border], [0, 0, below, right], value);
  if (wide.shape[2] === rows && wide.shape[3] === columns) return wide;
  return crop(tape, wide, [0, 0, 0, 0], [n, c, rows, columns]);
}

/** The border for a maximum: lower than any sample, but finite. */
const lowest = -1e30;

/**
 * The largest sample of each window of [N, C, H, W]. The gradient goes to the largest sample; where
 * several are equally large, to each of them.
 */
export function maxPool(tape: Tape, x: Value, pooling: Pooling): Value {
  const { size, stride } = pooling;
  const wide = prepared(tape, x, pooling, lowest);
  const [n, c, rows, columns] = wide.shape as [number, number, number, number];
  const [down, across] = [(rows - size) / stride + 1, (columns - size) / stride + 1];
  const shape = [n, c, down, across];
  const attributes = { kernel_shape: [size, size], strides: [stride, stride] };
  const y = tape.node('MaxPool', [wide], shape, attributes);
  const [high, broad] = [(down - 1) * stride + 1, (across - 1) * stride + 1];
  /** The part of the gradient for the sample at row `v` and column `u` of each window. */
  const partAt = (v: number, u: number, dy: Value): Value => {
    const samples = tape.node('Slice', [wide], shape, {}, [
      tape.graph.ints('from', [v, u]),
      tape.graph.ints('to', [v + high, u + broad]),
      tape.graph.ints('axes', [2, 3]),
      tape.graph.ints('steps', [stride, stride]),
    ]);
    const largest = tape.node('Equal', [samples, y], shape);
    const part = tape.node('Where', [largest, dy, tape.scalar(0)], shape);
    const apart = spreadNodes(tape, part, stride, high, broad);
    const pads = [0, 0, v, u, 0, 0, rows - high - v, columns - broad - u];
    return tape.node('Pad', [apart], wide.shape, {}, [tape.graph.ints('pads', pads)]);
  };
  return tape.record(y, [
    [
      wide,
      (dy) => {
        const places = Array.from({ length: size * size }, (_, i) => i);
        return places
          .map((i) => partAt(Math.floor(i / size), i % size, dy))
          .reduce((sum, part) => tape.node('Add', [sum, part], wide.shape));
      },
    ],
  ]);
}

/** The mean of each window of [N, C, H, W], over the samples that lie in the picture. */
export function averagePool(tape: Tape, x: Value, pooling: Pooling): Value {
  const { size, stride, border } = pooling;
  const [, , h, w] = x.shape as [number, number, number, number];
  const wide = prepared(tape, x, pooling, 0);
  const [n, c] = wide.shape as [number, number];
  const [down, across] = [windows(h, pooling).count, windows(w, pooling).count];
  const extents = [n, c, (down - 1) * stride + 1, (across - 1) * stride + 1];
  let sum: Value | undefined;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const part = takeEvery(tape, crop(tape, wide, [0, 0, v, u], extents), stride);
      sum = sum === undefined ? part : add(tape, sum, part);
    }
  }
  const within = (index: number, extent: number): number => {
    const from = index * stride - border;
    return Math.min(extent, from + size) - Math.max(0, from);
  };
  const shares = Float32Array.from({ length: down * across }, (_, i) => {
    return 1 / (within(Math.floor(i / across), h) * within(i % across, w));
  });
  const name = tape.graph.initializer('shares', 'float32', [down, across], shares);
  return multiply(tape, sum!, { name, shape: [down, across] });
}
