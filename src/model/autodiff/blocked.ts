import type { Tape, Value } from './tape.js';

/**
 * ONNX Runtime's operations on its own blocked layout, NCHWc: channels in blocks of 8 or 16, those
 * of a block beside each other, so that convolutions need no im2col. The runtime changes graphs to
 * it only where kernels are constants, which in training they are not; so these are written here.
 */
const domain = 'com.microsoft.nchwc';

/** Whether a convolution of so many channels can be written in the tape's blocked layout. */
export function canBlock(tape: Tape, inputs: number, outputs: number): boolean {
  const { block } = tape;
  // Fewer channels than a block are read as they lie.
  return block > 0 && outputs % block === 0 && (inputs % block === 0 || inputs < block);
}

/**
 * Plain node: convolution of [N, C, H, W] by a `filter` for `outputs` channels from `blockedKernel`
 * or `blockedTurned`, with `border` zeros on each side.
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
 * A kernel [O, C, k, k] as the blocked convolution wants it: O/b, C/b, k, k, b of C, b of O; fewer
 * channels C than b each a block of its own.
 *
 * One transpose that moves several axes goes value by value (0.09 ms for 64 to 32 channels). A
 * reorder, which moves one axis, and a transpose of rows of b values are both fast; the runtime
 * would make one of two transposes.
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
 * The kernel [O, C, k, k] turned by half a turn with its channels exchanged, [C, O, k, k], as
 * `blockedKernel` gives it.
 */
export function blockedTurned(tape: Tape, kernel: Value): Value {
  const [o, c, k] = kernel.shape as [number, number, number];
  const b = tape.block;
  const [blocks, inner] = o < b ? [o, 1] : [o / b, b];
  const area = k * k;
  const inInputs = reordered(tape, reshaped(tape, kernel, [(o * c) / b, b, k, k]));
  const apart = reshaped(tape, inInputs, [blocks, inner, c / b, area, b]);
  const shape = [c / b, blocks, area, inner, b];
  const ordered = tape.node('Transpose', [apart], shape, { perm: [2, 0, 3, 1, 4] });
  // Backwards over both axes at once; one before the first is where it ends.
  const turned = tape.node('Slice', [ordered], shape, {}, [
    tape.graph.ints('from', [area - 1]),
    tape.graph.ints('to', [-area - 1]),
    tape.graph.ints('axes', [2]),
    tape.graph.ints('steps', [-1]),
  ]);
  return reshaped(tape, turned, [c, o, k, k]);
}

/** [N, C, H, W] in blocks of b channels: the values of N, C/b, H, W, b of C. */
function reordered(tape: Tape, x: Value): Value {
  return tape.node(`${domain}:ReorderInput`, [x], x.shape);
}

function reshaped(tape: Tape, x: Value, shape: readonly number[]): Value {
  return tape.node('Reshape', [x], shape, {}, [tape.graph.ints('shape', shape)]);
}
