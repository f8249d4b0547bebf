import { multiply } from './pointwise.js';
import type { Tape, Value } from './tape.js';

/** The product of [M, K] and [K, N]; with a bias [N] added to it, a dense layer. */
export function matMul(tape: Tape, a: Value, b: Value): Value {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const transposed = (x: Value) =>
    tape.node('Transpose', [x], [x.shape[1]!, x.shape[0]!], { perm: [1, 0] });
  const y = tape.node('MatMul', [a, b], [m, n]);
  return tape.record(y, [
    [a, (dy) => tape.node('MatMul', [dy, transposed(b)], [m, k])],
    [b, (dy) => tape.node('MatMul', [transposed(a), dy], [k, n])],
  ]);
}

/**
 * The Gram matrices [B, C, C] of a batch of features [B, C, K]: for each pair of channels, the sum
 * of their products over all K places, divided by C K (https://arxiv.org/abs/1508.06576).
 */
export function gramMatrices(tape: Tape, x: Value): Value {
  const [b, c, k] = x.shape as [number, number, number];
  const transposed = (value: Value) => {
    const [first, rows, columns] = value.shape as [number, number, number];
    return tape.node('Transpose', [value], [first, columns, rows], { perm: [0, 2, 1] });
  };
  const product = tape.node('MatMul', [x, transposed(x)], [b, c, c]);
  const recorded = tape.record(product, [
    [
      x,
      (dy) => {
        const both = tape.node('Add', [dy, transposed(dy)], [b, c, c]);
        return tape.node('MatMul', [both, x], [b, c, k]);
      },
    ],
  ]);
  return multiply(tape, recorded, tape.scalar(1 / (c * k)));
}
