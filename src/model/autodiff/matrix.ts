import { multiply } from './pointwise.js';
import type { Tape, Value } from './tape.js';

/** The product of [M, K] and [K, N]; with `add` of a bias [N] after it, a dense layer. */
export function matMul(tape: Tape, a: Value, b: Value): Value {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const turned = (x: Value) =>
    tape.node('Transpose', [x], [x.shape[1]!, x.shape[0]!], { perm: [1, 0] });
  const y = tape.node('MatMul', [a, b], [m, n]);
  return tape.record(y, [
    [a, (dy) => tape.node('MatMul', [dy, turned(b)], [m, k])],
    [b, (dy) => tape.node('MatMul', [turned(a), dy], [k, n])],
  ]);
}

/**
 * The Gram matrices [B, C, C] of B lists of features [B, C, K]: products of channels, summed over
 * all places and divided by C K (https://arxiv.org/abs/1508.06576).
 */
export function gramMatrices(tape: Tape, x: Value): Value {
  const [b, c, k] = x.shape as [number, number, number];
  const turned = (value: Value) => {
    const [first, rows, columns] = value.shape as [number, number, number];
    return tape.node('Transpose', [value], [first, columns, rows], { perm: [0, 2, 1] });
  };
  const product = tape.node('MatMul', [x, turned(x)], [b, c, c]);
  const recorded = tape.record(product, [
    [
      x,
      (dy) => {
        const both = tape.node('Add', [dy, turned(dy)], [b, c, c]);
        return tape.node('MatMul', [both, x], [b, c, k]);
      },
    ],
  ]);
  return multiply(tape, recorded, tape.scalar(1 / (c * k)));
}
