import { sizeOf, type Tape, type Value } from './tape.js';

/** Rows and columns `from`..`from + extent` of [N, C, H, W] along one axis; plain node. */
function window(tape: Tape, x: Value, axis: number, from: number, extent: number): Value {
  if (from === 0 && extent === x.shape[axis]) return x;
  const shape = x.shape.map((old, i) => (i === axis ? extent : old));
  return tape.node('Slice', [x], shape, {}, [
    tape.graph.ints('from', [from]),
    tape.graph.ints('to', [from + extent]),
    tape.graph.ints('axes', [axis]),
  ]);
}

function concat(tape: Tape, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!;
  const total = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = parts[0]!.shape.map((extent, i) => (i === axis ? total : extent));
  return tape.node('Concat', parts, shape, { axis });
}

function padded(tape: Tape, x: Value, pads: readonly number[]): Value {
  if (pads.every((pad) => pad === 0)) return x;
  const rank = x.shape.length;
  const shape = x.shape.map((extent, axis) => extent + pads[axis]! + pads[axis + rank]!);
  return tape.node('Pad', [x], shape, {}, [tape.graph.ints('pads', pads)]);
}

function reshaped(tape: Tape, x: Value, shape: readonly number[]): Value {
  return tape.node('Reshape', [x], shape, {}, [tape.graph.ints('shape', shape)]);
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * im2col: [N, C, H, W] to [N, C k^2, H-k+1, W-k+1], channel (c, ky, kx) holding x shifted by (ky, kx).
 * As a convolution with unit kernels: one node, where slices and their concatenation are k^2 + 1.
 */
function everyPlace(tape: Tape, x: Value, kernel: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const area = kernel * kernel;
  const units = new Float32Array(area * area);
  for (let i = 0; i < area; i++) units[i * area + i] = 1;
  // The same units for each channel: a group of its own.
  const all = Float32Array.from({ length: c * units.length }, (_, i) => units[i % units.length]!);
  const dims = [c * area, 1, kernel, kernel];
  const constants = [tape.graph.initializer('units', 'float32', dims, all)];
  const shape = [n, c * area, h - kernel + 1, w - kernel + 1];
  return tape.node('Conv', [x], shape, { kernel_shape: [kernel, kernel], group: c }, constants);
}

/** Sums over the first axis: by a product with ones, six times faster than ReduceSum (onnxruntime 1.30). */
function sumOfBatch(tape: Tape, x: Value): Value {
  const [n, ...shape] = x.shape as [number, ...number[]];
  const size = sizeOf(shape);
  const flat = reshaped(tape, x, [n, size]);
  const ones = tape.graph.initializer('ones', 'float32', [1, n], new Float32Array(n).fill(1));
  const sum = tape.node('MatMul', [{ name: ones, shape: [1, n] }, flat], [1, size]);
  return reshaped(tape, sum, shape);
}

/**
 * The kernel's gradient, dW[o, c, ky, kx] = sum over n, y, x of dY[n, o, y, x] X[n, c, y+ky, x+kx].
 *
 * As one matrix product of shifted copies. Shifting X by all k^2 places (im2col) writes k^2 C rows;
 * shifting X by the k rows only and dY by the k columns the other way gives the same sums with
 * k (C + O) rows, in a product of better shape. The smaller is taken.
 */
function kernelGradient(tape: Tape, x: Value, dy: Value, kernel: number): Value {
  const [n, c, , w] = x.shape as [number, number, number, number];
  const [, o, rows, columns] = dy.shape as [number, number, number, number];
  const whole = c * kernel * kernel <= kernel * (c + o);
  // dY's shifts: each padded to X's row length, so that both run over the same places.
  const left = whole
    ? [dy]
    : range(kernel).map((kx) => padded(tape, dy, [0, 0, 0, kx, 0, 0, 0, kernel - 1 - kx]));
  const length = whole ? columns : w;
  const right = whole
    ? [everyPlace(tape, x, kernel)]
    : range(kernel).map((ky) => window(tape, x, 2, ky, rows));
  const a = reshaped(tape, concat(tape, left, 1), [n, left.length * o, rows * length]);
  const shifts = whole ? kernel * kernel : kernel;
  const b = reshaped(tape, concat(tape, right, 1), [n, shifts * c, rows * length]);
  const bt = tape.node('Transpose', [b], [n, rows * length, shifts * c], { perm: [0, 2, 1] });
  const each = tape.node('MatMul', [a, bt], [n, left.length * o, shifts * c]);
  const product = n === 1 ? each : sumOfBatch(tape, each);
  // Rows are (kx, o) or (o), columns (ky, c) or (c, ky, kx).
  if (whole) return reshaped(tape, product, [o, c, kernel, kernel]);
  const parts = reshaped(tape, product, [kernel, o, kernel, c]);
  const perm = [1, 3, 2, 0];
  const ordered = tape.node(
    'Transpose',
    [parts],
    perm.map((axis) => parts.shape[axis]!),
    { perm },
  );
  return ordered;
}

/** The kernel turned by half a turn with its channels exchanged: [O, C, k, k] to [C, O, k, k]. */
function turned(tape: Tape, kernel: Value): Value {
  const [o, c, k] = kernel.shape as [number, number, number, number];
  const swapped = tape.node('Transpose', [kernel], [c, o, k, k], { perm: [1, 0, 2, 3] });
  return tape.node('Slice', [swapped], [c, o, k, k], {}, [
    tape.graph.ints('from', [k - 1, k - 1]),
    // One before the first sample: the end is exclusive and counts down.
    tape.graph.ints('to', [-k - 1, -k - 1]),
    tape.graph.ints('axes', [2, 3]),
    tape.graph.ints('steps', [-1, -1]),
  ]);
}

/**
 * Convolution of [N, C, H, W] by a kernel [O, C, k, k] with bias [O], without border:
 * [N, O, H-k+1, W-k+1].
 */
export function convolve(tape: Tape, x: Value, kernel: Value, bias: Value): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [o, , k] = kernel.shape as [number, number, number, number];
  const shape = [n, o, h - k + 1, w - k + 1];
  const y = tape.node('Conv', [x, kernel, bias], shape, { kernel_shape: [k, k] });
  return tape.record(y, [
    [
      x,
      // Every sample of X fed the k x k outputs around it: a convolution of dY with the turned kernel.
      (dy) =>
        tape.node('Conv', [dy, turned(tape, kernel)], [n, c, h, w], {
          kernel_shape: [k, k],
          pads: [k - 1, k - 1, k - 1, k - 1],
        }),
    ],
    [kernel, (dy) => kernelGradient(tape, x, dy, k)],
    [
      bias,
      (dy) =>
        tape.node('ReduceSum', [dy], [o], { keepdims: 0 }, [tape.graph.ints('axes', [0, 2, 3])]),
    ],
  ]);
}
