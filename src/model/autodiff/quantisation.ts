import { LARGEST_CODE, LARGEST_WEIGHT, SMALLEST_RANGE } from './eight-bit-codes.js';
import type { Tape, Value } from './tape.js';

/*
 * Training for an 8-bit network with weights that stay float: the forward pass rounds as that
 * network would, and the backward pass lets gradients through as if it had not (the
 * straight-through estimator, https://arxiv.org/abs/1308.3432), so that training finds weights that
 * lose least by rounding.
 */

/**
 * `x` rounded to a multiple of `step` and clipped to the 256 multiples from -`zeroCode` on; a
 * `zeroCode` of 0 is for values that are never negative. Clipped values get no gradient.
 */
export function roundedToCodes(tape: Tape, x: Value, step: number, zeroCode = 0): Value {
  const name = tape.graph.floats('step', step);
  const zero = tape.graph.initializer('zero', 'uint8', [], [zeroCode]);
  const codes = tape.node('QuantizeLinear', [x], x.shape, {}, [name, zero]);
  const y = tape.node('DequantizeLinear', [codes], x.shape, {}, [name, zero]);
  return tape.record(y, [
    [
      x,
      (dy) => {
        const bound = tape.scalar((LARGEST_CODE - zeroCode + 0.5) * step);
        const below = tape.node('Less', [x, bound], x.shape);
        const kept = tape.node('Where', [below, dy, tape.scalar(0)], x.shape);
        if (zeroCode === 0) return kept;
        const above = tape.node('Greater', [x, tape.scalar((-zeroCode - 0.5) * step)], x.shape);
        return tape.node('Where', [above, kept, tape.scalar(0)], x.shape);
      },
    ],
  ]);
}

/**
 * A kernel [O, C, k, k] rounded to multiples of a step per output channel, of which the channel's
 * largest magnitude is 63.
 */
export function roundedToWeightSteps(tape: Tape, kernel: Value): Value {
  const [o] = kernel.shape as [number];
  const magnitude = tape.node('Abs', [kernel], kernel.shape);
  // Up to opset 17, ReduceMax takes its axes as an attribute.
  const largest = tape.node('ReduceMax', [magnitude], [o], { axes: [1, 2, 3], keepdims: 0 });
  const range = tape.node('Max', [largest, tape.scalar(SMALLEST_RANGE)], [o]);
  const steps = tape.node('Div', [range, tape.scalar(LARGEST_WEIGHT)], [o]);
  const zeros = tape.graph.initializer('zeros', 'int8', [o], new Int8Array(o));
  const codes = tape.node('QuantizeLinear', [kernel, steps], kernel.shape, { axis: 0 }, [zeros]);
  const y = tape.node('DequantizeLinear', [codes, steps], kernel.shape, { axis: 0 }, [zeros]);
  return tape.record(y, [[kernel, (dy) => dy]]);
}
