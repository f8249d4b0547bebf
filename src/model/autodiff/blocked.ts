import type { Tape, Value } from './tape.js';

/**
 * The domain of ONNX Runtime's operators on its own blocked layout, NCHWc: channels in blocks of 8
 * or 16, those of one block next to each other in memory, so that convolutions need no im2col. The
 * runtime rewrites graphs into it only where kernels are constants, which they are not in training;
 * so training graphs name these operators themselves.
 */
const domain = 'com.microsoft.nchwc';

/** Whether a convolution of `inputs` to `outputs` channels can use the tape's blocked layout. */
export function canBlock(tape: Tape, inputs: number, outputs: number): boolean {
  const { block } = tape;
  // An input of fewer channels than a block is read in the plain layout, NCHW.
  return block > 0 && outputs % block === 0 && (inputs % block === 0 || inputs < block);
}

/**
 * Plain node: convolution of [N, C, H, W] to `outputs` channels by a `filter` from `blockedKernel`
 * or `blockedRotated`, with `border` zeros on each side.
 */
export function convolveBlocked(
  tape: Tape,
  x: Value,
  filter: Value,
  bias: readonly Value[],
  { border, outputs }: { readonly border: number; readonly outputs: number },
): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const k = filter.shape[2]!;
  const read = c < tape.block ? x : reordered(tape, x);
  const shape = [n, outputs, h + 2 * border - k + 1, w + 2 * border - k + 1];
  const attributes = { kernel_shape: [k, k], pads: [border, border, border, border] };
  const y = tape.node(`${domain}:Conv`, [read, filter, ...bias], shape, attributes);
  return tape.node(`${domain}:ReorderOutput`, [y], shape, { channels: outputs });
}

/**
 * A kernel [O, C, k, k] in the order that the blocked convolution reads, b being the block: O/b,
 * C/b, k, k, b of C, b of O. Where C is below b: O/b, C, k, k, b of O.
 *
 * One transpose that moves several axes copies value by value (0.09 ms for 64 to 32 channels). A
 * reorder, which moves one axis, and a transpose of rows of b values are both fast. Two transposes
 * would not do: the runtime merges them into one.
 */
export function blockedKernel(tape: Tape, kernel: Value): Value {
  const [o, c, k] = kernel.shape as [number, number, number];
  const b = tape.block;
  const inOutputs = reordered(tape, reshaped(tape, kernel, [1, o, c * k, k]));
  if (c < b) return reshaped(tape, inOutputs, kernel.shape);
  const blocks = reshaped(tape, inOutputs, [o / b, c / b, b, k * k, b]);
  const ordered = tape.node('Transpose', [blocks], [o / b, c / b, k * k, b, b], {
    perm: [0, 1, 3, 2, 4],
  });
  return reshaped(tape, ordered, kernel.shape);
}

/**
 * The kernel [O, C, k, k] rotated by 180 degrees with its channel axes swapped, [C, O, k, k], in
 * the order of `blockedKernel`: the kernel of the gradient of a convolution's input.
 */
export function blockedRotated(tape: Tape, kernel: Value): Value {
  const [o, c, k] = kernel.shape as [number, number, number];
  const b = tape.block;
  const [blocks, inner] = o < b ? [o, 1] : [o / b, b];
  const area = k * k;
  const inInputs = reordered(tape, reshaped(tape, kernel, [(o * c) / b, b, k, k]));
  const apart = reshaped(tape, inInputs, [blocks, inner, c / b, area, b]);
  const shape = [c / b, blocks, area, inner, b];
  const ordered = tape.node('Transpose', [apart], shape, { perm: [2, 0, 3, 1, 4] });
  // Both axes of the kernel lie in one, so reversing that one rotates by 180 degrees. The end is
  // exclusive: one before the first value.
  const rotated = tape.node('Slice', [ordered], shape, {}, [
    tape.graph.ints('from', [area - 1]),
    tape.graph.ints('to', [-area - 1]),
    tape.graph.ints('axes', [2]),
    tape.graph.ints('steps', [-1]),
  ]);
  return reshaped(tape, rotated, [c, o, k, k]);
}

/** [N, C, H, W] in blocks of b channels: values in the order N, C/b, H, W, b of C. */
function reordered(tape: Tape, x: Value): Value {
  return tape.node(`${domain}:ReorderInput`, [x], x.shape);
}

function reshaped(tape: Tape, x: Value, shape: readonly number[]): Value {
  return tape.node('Reshape', [x], shape, {}, [tape.graph.ints('shape', shape)]);
}
