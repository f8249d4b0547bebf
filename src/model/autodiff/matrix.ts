import { multiply } from './pointwise.js';
import { reshape, transpose } from './shape.js';
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
 * The Gram matrix [C, C] of features [1, C, H, W]: products of channels, summed over all places and
 * divided by C H W (https://arxiv.org/abs/1508.06576). No loss uses it yet; texture losses compare
 * it.
 */
export function gramMatrix(tape: Tape, x: Value): Value {
  const [, c, h, w] = x.shape as [number, number, number, number];
  const rows = reshape(tape, x, [c, h * w]);
  const product = matMul(tape, rows, transpose(tape, rows, [1, 0]));
  return multiply(tape, product, tape.scalar(1 / (c * h * w)));
}
