import { blockedKernel, blockedRotated, canBlock, convolveBlocked } from './blocked.js';
import { sizeOf, type Tape, type Value } from './tape.js';

function reshaped(tape: Tape, x: Value, shape: readonly number[]): Value {
  return tape.node('Reshape', [x], shape, {}, [tape.graph.ints('shape', shape)]);
}

/** Plain node: elements `from` to `from + extent`, exclusive, of the last axis. */
function window(tape: Tape, x: Value, from: number, extent: number): Value {
  const axis = x.shape.length - 1;
  if (from === 0 && extent === x.shape[axis]) return x;
  return tape.node('Slice', [x], [...x.shape.slice(0, -1), extent], {}, [
    tape.graph.ints('from', [from]),
    tape.graph.ints('to', [from + extent]),
    tape.graph.ints('axes', [axis]),
  ]);
}

function zeros(tape: Tape, shape: readonly number[]): Value {
  const values = new Float32Array(sizeOf(shape));
  return { name: tape.graph.initializer('zeros', 'float32', shape, values), shape };
}

function concat(tape: Tape, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!;
  const total = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = parts[0]!.shape.map((extent, i) => (i === axis ? total : extent));
  return tape.node('Concat', parts, shape, { axis });
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * im2col: [N, C, H, W] to [N, C k^2, H-k+1, W-k+1], where channel (c, ky, kx) is channel c of x
 * shifted by (ky, kx). It is a convolution with unit kernels: one node, where slices and their
 * concatenation would be k^2 + 1.
 */
function im2col(tape: Tape, x: Value, kernel: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const area = kernel * kernel;
  const units = new Float32Array(area * area);
  for (let i = 0; i < area; i++) units[i * area + i] = 1;
  // The same unit kernels for each channel, which is a group of its own.
  const all = Float32Array.from({ length: c * units.length }, (_, i) => units[i % units.length]!);
  const dims = [c * area, 1, kernel, kernel];
  const constants = [tape.graph.initializer('units', 'float32', dims, all)];
  const shape = [n, c * area, h - kernel + 1, w - kernel + 1];
  return tape.node('Conv', [x], shape, { kernel_shape: [kernel, kernel], group: c }, constants);
}

/**
 * The sum over the first axis. A matrix product with ones is six times faster than ReduceSum
 * (onnxruntime 1.30).
 */
function sumOfBatch(tape: Tape, x: Value): Value {
  const [n, ...shape] = x.shape as [number, ...number[]];
  if (n === 1) return reshaped(tape, x, shape);
  const size = sizeOf(shape);
  const flat = reshaped(tape, x, [n, size]);
  const ones = tape.graph.initializer('ones', 'float32', [1, n], new Float32Array(n).fill(1));
  const sum = tape.node('MatMul', [{ name: ones, shape: [1, n] }, flat], [1, size]);
  return reshaped(tape, sum, shape);
}

/**
 * dY [N, O, rows, columns] padded with zeros to `h` rows of `w` samples per channel, and copied
 * once for each of `shifts`, moved on by that many samples: [N, shifts O, h w].
 *
 * Each channel ends in at least as many zeros as the longest shift, so that only zeros cross from
 * one channel to the next when the whole list moves: all copies are one Concat of the list with
 * zeros between.
 */
function shiftedCopies(
  tape: Tape,
  dy: Value,
  h: number,
  w: number,
  shifts: readonly number[],
): Value {
  const [n, o, rows, columns] = dy.shape as [number, number, number, number];
  const longest = shifts.at(-1)!;
  let wide = columns === w ? dy : concat(tape, [dy, zeros(tape, [n, o, rows, w - columns])], 3);
  if (rows !== h) wide = concat(tape, [wide, zeros(tape, [n, o, h - rows, w])], 2);
  const list = window(tape, reshaped(tape, wide, [n, o * h * w]), 0, o * h * w - longest);
  const parts = shifts.flatMap((shift, i) => {
    const next = shifts[i + 1];
    return next === undefined ? [list] : [list, zeros(tape, [n, longest - shift + next])];
  });
  return reshaped(tape, concat(tape, parts, 1), [n, shifts.length * o, h * w]);
}

/** The product A B^T for each item of a batch: [N, M, K] and [N, L, K] to [N, M, L]. */
function productsOfRows(tape: Tape, a: Value, b: Value): Value {
  const [n, m] = a.shape as [number, number];
  const [, l, k] = b.shape as [number, number, number];
  const bt = tape.node('Transpose', [b], [n, k, l], { perm: [0, 2, 1] });
  return tape.node('MatMul', [a, bt], [n, m, l]);
}

/**
 * The kernel's gradient, dW[o, c, ky, kx] = sum over n, y, x of dY[n, o, y, x] X[n, c, y+ky, x+kx].
 *
 * Computed as matrix products of shifted copies. The k^2 shifts can all be of X (im2col, k^2 C
 * rows), all of dY in the opposite direction (k^2 O rows), or of X by rows and of dY by columns
 * (k (C + O) rows); the variant with the fewest rows is used.
 */
function kernelGradient(tape: Tape, x: Value, dy: Value, kernel: number): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [, o, rows, columns] = dy.shape as [number, number, number, number];
  const area = kernel * kernel;
  const apart = kernel * (c + o);
  if (area * c <= Math.min(area * o, apart)) {
    const shifted = reshaped(tape, im2col(tape, x, kernel), [n, c * area, rows * columns]);
    const products = productsOfRows(tape, reshaped(tape, dy, [n, o, rows * columns]), shifted);
    return reshaped(tape, sumOfBatch(tape, products), [o, c, kernel, kernel]);
  }
  const flat = reshaped(tape, x, [n, c, h * w]);
  let products: Value;
  if (area * o < apart) {
    const shifts = range(area).map((i) => Math.floor(i / kernel) * w + (i % kernel));
    products = productsOfRows(tape, shiftedCopies(tape, dy, h, w, shifts), flat);
  } else {
    const copies = shiftedCopies(tape, dy, rows, w, range(kernel));
    // One product per shift of X: joining the shifted copies first would copy them once more.
    const byRow = range(kernel).map((ky) =>
      productsOfRows(tape, copies, window(tape, flat, ky * w, rows * w)),
    );
    products = concat(tape, byRow, 1);
  }
  // The products' rows are (ky, kx, o), their columns c.
  const byShift = reshaped(tape, sumOfBatch(tape, products), [area, o * c]);
  const ordered = tape.node('Transpose', [byShift], [o * c, area], { perm: [1, 0] });
  return reshaped(tape, ordered, [o, c, kernel, kernel]);
}

/** The kernel rotated by 180 degrees, its channel axes swapped: [O, C, k, k] to [C, O, k, k]. */
function rotated(tape: Tape, kernel: Value): Value {
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
 * Plain node: the transposed convolution of [N, A, H, W] by a kernel [A, B, k, k], in which every
 * sample adds to k x k of the output, [N, B, H+k-1, W+k-1]; `cut` samples of it are cut off on each
 * side.
 */
function convolveTransposed(
  tape: Tape,
  x: Value,
  kernel: Value,
  bias: readonly Value[],
  cut: number,
): Value {
  const [n, , h, w] = x.shape as [number, number, number, number];
  const [, b, k] = kernel.shape as [number, number, number, number];
  const shape = [n, b, h + k - 1 - 2 * cut, w + k - 1 - 2 * cut];
  const attributes = { kernel_shape: [k, k], pads: [cut, cut, cut, cut] };
  return tape.node('ConvTranspose', [x, kernel, ...bias], shape, attributes);
}

/** Plain node: the convolution itself. */
function convolveNode(tape: Tape, x: Value, kernel: Value, bias: Value): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [o, , k] = kernel.shape as [number, number, number, number];
  // To few channels, Conv writes k^2 C rows of shifted copies for a product of O rows; the
  // transposed convolution needs only a product of k^2 O rows (0.08 instead of 0.15 ms for a batch
  // of 4 of 19x19 samples, 32 to 4 channels).
  if (c >= 3 * o) return convolveTransposed(tape, x, rotated(tape, kernel), [bias], k - 1);
  if (canBlock(tape, c, o)) {
    const filter = blockedKernel(tape, kernel);
    return convolveBlocked(tape, x, filter, [bias], { border: 0, outputs: o });
  }
  const shape = [n, o, h - k + 1, w - k + 1];
  return tape.node('Conv', [x, kernel, bias], shape, { kernel_shape: [k, k] });
}

/**
 * Plain node: the gradient of the convolution's input X, each sample of which fed k x k outputs.
 */
function inputGradient(tape: Tape, x: Value, kernel: Value, dy: Value): Value {
  const [o, c, k] = kernel.shape as [number, number, number, number];
  if (canBlock(tape, o, c)) {
    const filter = blockedRotated(tape, kernel);
    return convolveBlocked(tape, dy, filter, [], { border: k - 1, outputs: c });
  }
  // The transposed convolution needs no rotated kernel and no products with zeros around dY; but
  // from few channels to many, Conv has the smaller products.
  if (c <= 2 * o) return convolveTransposed(tape, dy, kernel, [], 0);
  return tape.node('Conv', [dy, rotated(tape, kernel)], x.shape, {
    kernel_shape: [k, k],
    pads: [k - 1, k - 1, k - 1, k - 1],
  });
}

/**
 * Convolution of [N, C, H, W] by a kernel [O, C, k, k] with bias [O], without padding:
 * [N, O, H-k+1, W-k+1]. As in all deep learning the kernel is not flipped (a cross-correlation).
 */
export function convolve(tape: Tape, x: Value, kernel: Value, bias: Value): Value {
  const [o, , k] = kernel.shape as [number, number, number, number];
  return tape.record(convolveNode(tape, x, kernel, bias), [
    [x, (dy) => inputGradient(tape, x, kernel, dy)],
    [kernel, (dy) => kernelGradient(tape, x, dy, k)],
    [
      bias,
      (dy) =>
        tape.node('ReduceSum', [dy], [o], { keepdims: 0 }, [tape.graph.ints('axes', [0, 2, 3])]),
    ],
  ]);
}
