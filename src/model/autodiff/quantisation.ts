import { LARGEST_CODE, LARGEST_WEIGHT, SMALLEST_RANGE } from './eight-bit-codes.js';
import type { Tape, Value } from './tape.js';

/*
 * Values as an 8-bit network has them, while weights stay float: what is rounded on the way forward
 * passes its gradient as if it had not been (the straight-through estimator,
 * https://arxiv.org/abs/1308.3432), so that training finds weights that suffer least from rounding.
 */

/**
 * `x` in whole `step`s, 256 of them from -`zeroCode` on, which is 0 for values that are never
 * below; what is cut off at either end gets no gradient.
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
 * A kernel [O, C, k, k] in whole steps, one step a channel O: its largest magnitude is 63 of them.
 */
export function roundedToWeightSteps(tape: Tape, kernel: Value): Value {
  const [o] = kernel.shape as [number];
  const magnitude = tape.node('Abs', [kernel], kernel.shape);
  // An attribute up to opset 17.
  const largest = tape.node('ReduceMax', [magnitude], [o], { axes: [1, 2, 3], keepdims: 0 });
  const range = tape.node('Max', [largest, tape.scalar(SMALLEST_RANGE)], [o]);
  const steps = tape.node('Div', [range, tape.scalar(LARGEST_WEIGHT)], [o]);
  const zeros = tape.graph.initializer('zeros', 'int8', [o], new Int8Array(o));
  const codes = tape.node('QuantizeLinear', [kernel, steps], kernel.shape, { axis: 0 }, [zeros]);
  const y = tape.node('DequantizeLinear', [codes, steps], kernel.shape, { axis: 0 }, [zeros]);
  return tape.record(y, [[kernel, (dy) => dy]]);
}
