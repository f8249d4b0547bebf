import { sizeOf, type Tape, type Value } from './tape.js';

/**
 * Sums a gradient over the axes along which an operand of `shape` was repeated (undoes numpy's
 * broadcasting).
 */
function unbroadcast(tape: Tape, gradient: Value, shape: readonly number[]): Value {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape
    .map((extent, axis) => (axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? axis : -1))
    .filter((axis) => axis >= 0);
  if (axes.length === 0) return gradient;
  const kept = gradient.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const constants = [tape.graph.ints('axes', axes)];
  const summed = tape.node('ReduceSum', [gradient], kept, { keepdims: 1 }, constants);
  return reshapeNode(tape, summed, shape);
}

function reshapeNode(tape: Tape, value: Value, shape: readonly number[]): Value {
  if (value.shape.join() === shape.join()) return value;
  return tape.node('Reshape', [value], shape, {}, [tape.graph.ints('shape', shape)]);
}

function broadcastShape(a: Value, b: Value): number[] {
  const length = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length }, (_, axis) => {
    const left = a.shape[axis - length + a.shape.length] ?? 1;
    const right = b.shape[axis - length + b.shape.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(`[${a.shape.join(', ')}] does not go with [${b.shape.join(', ')}]`);
    }
    return Math.max(left, right);
  });
}

/** a + b; the smaller operand is repeated as in numpy. */
export function add(tape: Tape, a: Value, b: Value): Value {
  const sum = tape.node('Add', [a, b], broadcastShape(a, b));
  return tape.record(sum, [
    [a, (dy) => unbroadcast(tape, dy, a.shape)],
    [b, (dy) => unbroadcast(tape, dy, b.shape)],
  ]);
}

/** a - b; the smaller operand is repeated as in numpy. */
export function subtract(tape: Tape, a: Value, b: Value): Value {
  const difference = tape.node('Sub', [a, b], broadcastShape(a, b));
  return tape.record(difference, [
    [a, (dy) => unbroadcast(tape, dy, a.shape)],
    [b, (dy) => unbroadcast(tape, tape.node('Neg', [dy], dy.shape), b.shape)],
  ]);
}

/** a * b, element by element; the smaller operand is repeated as in numpy. */
export function multiply(tape: Tape, a: Value, b: Value): Value {
  const shape = broadcastShape(a, b);
  const times = (x: Value, y: Value) => tape.node('Mul', [x, y], shape);
  return tape.record(times(a, b), [
    [a, (dy) => unbroadcast(tape, times(dy, b), a.shape)],
    [b, (dy) => unbroadcast(tape, times(dy, a), b.shape)],
  ]);
}

/** The square root of values above 0. */
export function squareRoot(tape: Tape, x: Value): Value {
  const y = tape.node('Sqrt', [x], x.shape);
  return tape.record(y, [
    [x, (dy) => tape.node('Div', [tape.node('Mul', [dy, tape.scalar(0.5)], x.shape), y], x.shape)],
  ]);
}

/** |x|; the gradient at 0 is 0. */
export function absolute(tape: Tape, x: Value): Value {
  const y = tape.node('Abs', [x], x.shape);
  return tape.record(y, [
    [x, (dy) => tape.node('Mul', [dy, tape.node('Sign', [x], x.shape)], x.shape)],
  ]);
}

/** max(x, 0); the gradient at 0 is 0. */
export function relu(tape: Tape, x: Value): Value {
  const y = tape.node('Relu', [x], x.shape);
  return tape.record(y, [
    [
      x,
      (dy) => {
        // The mask of y > 0. Since y is never negative, it is 1e38 y clipped to 1, which
        // HardSigmoid does in one node, far faster than Sign (onnxruntime 1.30). Only for y below
        // 1e-38 is it between 0 and 1.
        const steep = { alpha: { float: 1e38 }, beta: { float: 0 } };
        const mask = tape.node('HardSigmoid', [y], x.shape, steep);
        return tape.node('Mul', [dy, mask], x.shape);
      },
    ],
  ]);
}

/** x above 0, `slope` x below. */
export function leakyRelu(tape: Tape, x: Value, slope: number): Value {
  const y = tape.node('LeakyRelu', [x], x.shape, { alpha: { float: slope } });
  return tape.record(y, [
    [
      x,
      (dy) => {
        const positive = tape.node('Greater', [x, tape.scalar(0)], x.shape);
        const factor = tape.node('Where', [positive, tape.scalar(1), tape.scalar(slope)], x.shape);
        return tape.node('Mul', [dy, factor], x.shape);
      },
    ],
  ]);
}

/** tanh x; its gradient is 1 - tanh^2. */
export function tanh(tape: Tape, x: Value): Value {
  const y = tape.node('Tanh', [x], x.shape);
  return tape.record(y, [
    [
      x,
      (dy) => {
        const square = tape.node('Mul', [y, y], x.shape);
        const slope = tape.node('Sub', [tape.scalar(1), square], x.shape);
        return tape.node('Mul', [dy, slope], x.shape);
      },
    ],
  ]);
}

/** 1 / (1 + e^-x); its gradient is s (1 - s). */
export function sigmoid(tape: Tape, x: Value): Value {
  const y = tape.node('Sigmoid', [x], x.shape);
  return tape.record(y, [
    [
      x,
      (dy) => {
        const rest = tape.node('Sub', [tape.scalar(1), y], x.shape);
        const slope = tape.node('Mul', [y, rest], x.shape);
        return tape.node('Mul', [dy, slope], x.shape);
      },
    ],
  ]);
}

/** log(1 + e^x), a smooth max(x, 0); its gradient is the sigmoid of x. */
export function softplus(tape: Tape, x: Value): Value {
  const y = tape.node('Softplus', [x], x.shape);
  return tape.record(y, [
    [x, (dy) => tape.node('Mul', [dy, tape.node('Sigmoid', [x], x.shape)], x.shape)],
  ]);
}

/** The mean of all elements, a scalar. */
export function mean(tape: Tape, x: Value): Value {
  const flat = tape.node('Reshape', [x], [sizeOf(x.shape)], {}, [
    tape.graph.ints('shape', [sizeOf(x.shape)]),
  ]);
  const y = tape.node('ReduceMean', [flat], [], { keepdims: 0 });
  return tape.record(y, [
    [
      x,
      (dy) => {
        const each = tape.node('Mul', [dy, tape.scalar(1 / sizeOf(x.shape))], []);
        return tape.node('Expand', [each], x.shape, {}, [tape.graph.ints('shape', x.shape)]);
      },
    ],
  ]);
}
