import assert from 'node:assert/strict';
import test from 'node:test';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { convolve } from '../../../../src/model/autodiff/convolution.js';
import {
  absolute,
  add,
  leakyRelu,
  mean,
  multiply,
  relu,
  sigmoid,
  softplus,
  squareRoot,
  subtract,
  tanh,
} from '../../../../src/model/autodiff/pointwise.js';
import { gramMatrices, matMul } from '../../../../src/model/autodiff/matrix.js';
import { averagePool, maxPool } from '../../../../src/model/autodiff/pooling.js';
import {
  crop,
  pad,
  reshape,
  depthToSpace,
  joinChannels,
  spaceToDepth,
  takeEvery,
  transpose,
} from '../../../../src/model/autodiff/shape.js';
import { unitLength } from '../../../../src/model/autodiff/unit-length.js';
import { Tape, type Value } from '../../../../src/model/autodiff/tape.js';
import { lossOf, pixelLosses } from '../../../../src/training/gradient/loss.js';
import { normals, randomAt } from '../../../../src/training/base/random.js';
import { interpret } from './interpreter.js';
import { type Numbers, numbers } from './numbers.js';

/** Central differences have an error of about h^2; doubles leave 1e-10 of it. */
const h = 1e-5;
const tolerance = 1e-7;

type Operation = {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (tape: Tape, inputs: readonly Value[]) => Value;
  /** Added to every input, for operations that need values above 0. */
  readonly offset?: number;
};

const operations: readonly Operation[] = [
  {
    name: 'add',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: (t, [a, b]) => add(t, a!, b!),
  },
  {
    name: 'add, repeated operand',
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    build: (t, [a, b]) => add(t, a!, b!),
  },
  {
    name: 'subtract, repeated operand',
    shapes: [
      [1, 3],
      [2, 3],
    ],
    build: (t, [a, b]) => subtract(t, a!, b!),
  },
  {
    name: 'multiply, repeated operand',
    shapes: [[2, 3], [3]],
    build: (t, [a, b]) => multiply(t, a!, b!),
  },
  { name: 'square of one value', shapes: [[4]], build: (t, [a]) => multiply(t, a!, a!) },
  { name: 'square root', shapes: [[5]], build: (t, [a]) => squareRoot(t, a!), offset: 6 },
  { name: 'absolute', shapes: [[6]], build: (t, [a]) => absolute(t, a!) },
  { name: 'relu', shapes: [[8]], build: (t, [a]) => relu(t, a!) },
  { name: 'leaky relu', shapes: [[8]], build: (t, [a]) => leakyRelu(t, a!, 0.25) },
  { name: 'tanh', shapes: [[5]], build: (t, [a]) => tanh(t, a!) },
  { name: 'sigmoid', shapes: [[5]], build: (t, [a]) => sigmoid(t, a!) },
  { name: 'softplus', shapes: [[5]], build: (t, [a]) => softplus(t, a!) },
  { name: 'mean', shapes: [[2, 3]], build: (t, [a]) => mean(t, a!) },
  { name: 'reshape', shapes: [[2, 6]], build: (t, [a]) => reshape(t, a!, [3, 4]) },
  { name: 'transpose', shapes: [[2, 3, 4]], build: (t, [a]) => transpose(t, a!, [2, 0, 1]) },
  { name: 'crop', shapes: [[2, 5, 4]], build: (t, [a]) => crop(t, a!, [0, 1, 2], [2, 3, 1]) },
  {
    name: 'convolution, all places shifted (few channels in)',
    shapes: [[2, 1, 7, 6], [4, 1, 5, 5], [4]],
    build: (t, [x, w, b]) => convolve(t, x!, w!, b!),
  },
  {
    name: 'convolution, all places shifted the other way (few channels out)',
    shapes: [[2, 6, 6, 5], [2, 6, 3, 3], [2]],
    build: (t, [x, w, b]) => convolve(t, x!, w!, b!),
  },
  {
    name: 'convolution, rows and columns shifted apart',
    shapes: [[2, 4, 6, 5], [3, 4, 3, 3], [3]],
    build: (t, [x, w, b]) => convolve(t, x!, w!, b!),
  },
  {
    name: 'convolution of one picture',
    shapes: [[1, 3, 5, 6], [2, 3, 3, 3], [2]],
    build: (t, [x, w, b]) => convolve(t, x!, w!, b!),
  },
  {
    name: 'convolution by kernels of one sample',
    shapes: [[2, 3, 2, 3], [2, 3, 1, 1], [2]],
    build: (t, [x, w, b]) => convolve(t, x!, w!, b!),
  },
  { name: 'pad', shapes: [[2, 3]], build: (t, [a]) => pad(t, a!, [1, 0], [0, 2]) },
  {
    name: 'blocks into channels',
    shapes: [[1, 2, 4, 6]],
    build: (t, [a]) => spaceToDepth(t, a!, 2),
  },
  {
    name: 'channels into blocks',
    shapes: [[2, 8, 2, 3]],
    build: (t, [a]) => depthToSpace(t, a!, 2),
  },
  { name: 'every second sample', shapes: [[1, 2, 5, 4]], build: (t, [a]) => takeEvery(t, a!, 2) },
  {
    name: 'a strided convolution',
    shapes: [[1, 2, 7, 7], [3, 2, 3, 3], [3]],
    build: (t, [x, w, b]) => takeEvery(t, convolve(t, x!, w!, b!), 2),
  },
  {
    name: 'a dense layer',
    shapes: [[2, 3], [3, 4], [4]],
    build: (t, [x, w, b]) => add(t, matMul(t, x!, w!), b!),
  },
  { name: 'unit length', shapes: [[2, 3, 2, 2]], build: (t, [a]) => unitLength(t, a!) },
  { name: 'unit length of one place', shapes: [[2, 5]], build: (t, [a]) => unitLength(t, a!) },
  { name: 'Gram matrices', shapes: [[2, 3, 5]], build: (t, [a]) => gramMatrices(t, a!) },
  {
    name: 'max pooling',
    shapes: [[2, 2, 4, 6]],
    build: (t, [a]) => maxPool(t, a!, { size: 2, stride: 2, border: 0, ceil: false }),
  },
  {
    name: 'max pooling whose windows overlap and reach beyond the picture',
    shapes: [[1, 2, 6, 8]],
    build: (t, [a]) => maxPool(t, a!, { size: 3, stride: 2, border: 0, ceil: true }),
  },
  {
    name: 'max pooling with a border, which leaves rows over',
    shapes: [[1, 1, 6, 7]],
    build: (t, [a]) => maxPool(t, a!, { size: 3, stride: 2, border: 1, ceil: false }),
  },
  {
    name: 'average pooling whose windows reach beyond the picture',
    shapes: [[1, 2, 6, 5]],
    build: (t, [a]) => averagePool(t, a!, { size: 3, stride: 2, border: 1, ceil: true }),
  },
  {
    name: 'joined channels',
    shapes: [
      [1, 2, 2, 3],
      [1, 1, 2, 3],
    ],
    build: (t, [a, b]) => joinChannels(t, [a!, b!]),
  },
];

/**
 * Compares the gradients that the tape writes for `mean(weights * operation(inputs))` with central
 * differences of its forward values, all in float64.
 */
function checkGradients({ shapes, build, offset = 0 }: Operation): void {
  const graph = new GraphBuilder('check');
  const tape = new Tape(graph);
  const inputs = shapes.map((shape, i): Value =>
    tape.want({ name: graph.input(`input${i}`, 'float64', shape), shape }),
  );
  const output = build(tape, inputs);
  // Unequal weights: a gradient that is right only in sum is found out.
  const weights = { name: graph.input('weights', 'float64', output.shape), shape: output.shape };
  const loss = mean(tape, multiply(tape, output, weights));
  tape.backward(loss);
  const gradients = inputs.map((input) => tape.gradient(input).name);
  const built = graph.build().graph!;

  const normal = normals(randomAt(7));
  const random = (dims: readonly number[], from = 0): Numbers =>
    numbers(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => from + normal()),
    );
  const feeds: Record<string, Numbers> = { weights: random(output.shape) };
  shapes.forEach((shape, i) => (feeds[`input${i}`] = random(shape, offset)));
  const values = interpret(built, feeds);
  inputs.forEach((input, i) => {
    const { data } = feeds[input.name]!;
    const found = values.get(gradients[i]!)!;
    assert.deepEqual([...found.dims], [...input.shape], `${input.name}: shape of the gradient`);
    for (let k = 0; k < data.length; k++) {
      const at = data[k]!;
      const lossAt = (value: number): number => {
        data[k] = value;
        return interpret(built, feeds).get(loss.name)!.data[0]!;
      };
      const slope = (lossAt(at + h) - lossAt(at - h)) / (2 * h);
      data[k] = at;
      const off = Math.abs(slope - found.data[k]!);
      assert.ok(
        off < tolerance,
        `${input.name}[${k}]: ${found.data[k]} but differences say ${slope}`,
      );
    }
  });
}

for (const operation of operations) {
  test(`the gradient of ${operation.name} is what finite differences say`, () => {
    checkGradients(operation);
  });
}

for (const loss of pixelLosses) {
  test(`the gradient of the ${loss} loss is what finite differences say`, () => {
    const shapes = [
      [2, 3],
      [2, 3],
    ];
    checkGradients({ name: loss, shapes, build: (tape, [a, b]) => lossOf(tape, loss, a!, b!) });
  });
}

test('the gradient of the luma loss is what finite differences say', () => {
  const shapes = [
    [2, 3, 2, 2],
    [2, 3, 2, 2],
  ];
  const rgb = (value: Value) => value;
  checkGradients({
    name: 'luma',
    shapes,
    build: (tape, [a, b]) => lossOf(tape, 'luma', a!, b!, { rgb }),
  });
});

test('a value used twice gets the sum of both gradients', () => {
  checkGradients({
    name: 'residual',
    shapes: [[2, 2]],
    build: (tape, [a]) => add(tape, relu(tape, a!), tanh(tape, a!)),
  });
});

test('what is not wanted gets no gradient nodes', () => {
  const graph = new GraphBuilder('check');
  const tape = new Tape(graph);
  const x = { name: graph.input('x', 'float32', [1, 1, 6, 6]), shape: [1, 1, 6, 6] };
  const w = tape.want({ name: graph.input('w', 'float32', [2, 1, 3, 3]), shape: [2, 1, 3, 3] });
  const b = { name: graph.input('b', 'float32', [2]), shape: [2] };
  tape.backward(mean(tape, convolve(tape, x, w, b)));
  assert.throws(() => tape.gradient(x), /does not depend on x/);
  assert.deepEqual(tape.gradient(w).shape, [2, 1, 3, 3]);
});
