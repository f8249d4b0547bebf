import assert from 'node:assert/strict';
import test from 'node:test';
import type { Placed } from '../../../../src/model/language/network.js';
import { normals, randomAt } from '../../../../src/training/base/random.js';
import { initialState, openOptimiser } from '../../../../src/training/optimiser/optimiser.js';

type Matrix = number[][];

const transposed = (m: Matrix): Matrix => m[0]!.map((_, j) => m.map((row) => row[j]!));
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const sum = (a: Matrix, b: Matrix, x: number, y: number): Matrix =>
  a.map((row, i) => row.map((value, j) => x * value + y * b[i]![j]!));

/** Five iterations of X <- a X + (b X X' + c (X X')^2) X, as Muon's author writes them. */
function orthogonal(matrix: Matrix): Matrix {
  const wide = matrix.length > matrix[0]!.length ? transposed(matrix) : matrix;
  const length = Math.hypot(...wide.flat());
  let x = wide.map((row) => row.map((value) => value / length));
  for (let i = 0; i < 5; i++) {
    const square = product(x, transposed(x));
    const factor = sum(square, product(square, square), -4.775, 2.0315);
    x = sum(x, product(factor, x), 3.4445, 1);
  }
  return wide === matrix ? x : transposed(x);
}

/** A wide kernel, its bias and slopes, a tall one of 1x1, and a square one that learns nothing. */
const shapes = [[4, 2, 3, 3], [4], [4, 1, 1], [12, 3, 1, 1], [2, 2]] as const;

function placed(): Placed[] {
  let offset = 0;
  return shapes.map((shape, i) => {
    const size = shape.reduce<number>((all, extent) => all * extent, 1);
    const list = { name: `list${i}`, shape, offset, size };
    offset += size;
    return list;
  });
}

/** Random gradients of two micro-batches; the last list's are 0. */
function gradientsOf(lists: readonly Placed[], count: number, step: number): Float32Array {
  const normal = normals(randomAt(7, step));
  const last = lists.at(-1)!.offset;
  return Float32Array.from({ length: 2 * count }, (_, i) => (i % count < last ? normal() : 0));
}

test('muon steps on matrices as its author says, and on all else as Adam', async () => {
  const lists = placed();
  const count = lists.reduce((all, { size }) => all + size, 0);
  const state = initialState(Float32Array.from({ length: count }, (_, i) => Math.sin(i)));
  const wanted = [...state.weights];
  const optimise = await openOptimiser(count, 2, 10, { optimiser: 'muon', lists });
  const [first, second] = [new Array<number>(count).fill(0), new Array<number>(count).fill(0)];
  for (let step = 0; step < 4; step++) {
    const both = gradientsOf(lists, count, step);
    const g = Array.from({ length: count }, (_, i) => (both[i]! + both[count + i]!) / 2);
    await optimise(state, both, step, 0.03);
    for (const { shape, offset, size } of lists) {
      const isMatrix = size > shape[0]!;
      const keep = isMatrix ? 0.95 : 0.9;
      for (let i = offset; i < offset + size; i++) {
        first[i] = keep * first[i]! + (1 - keep) * g[i]!;
        second[i] = 0.999 * second[i]! + 0.001 * g[i]! ** 2;
        if (isMatrix) continue;
        const [m, v] = [
          first[i]! / (1 - 0.9 ** (step + 1)),
          second[i]! / (1 - 0.999 ** (step + 1)),
        ];
        wanted[i]! -= (0.03 * m) / (Math.sqrt(v) + 1e-8);
      }
      // The last list's gradient is 0, and 0 has no direction: it stays where it is.
      if (!isMatrix || offset === lists.at(-1)!.offset) continue;
      const columns = size / shape[0]!;
      const matrix = Array.from({ length: shape[0]! }, (_, row) =>
        Array.from({ length: columns }, (_unused, column) => {
          const i = offset + row * columns + column;
          return 0.05 * g[i]! + 0.95 * first[i]!;
        }),
      );
      const scale = 0.03 * 0.2 * Math.sqrt(Math.max(shape[0]!, columns));
      orthogonal(matrix)
        .flat()
        .forEach((value, i) => (wanted[offset + i]! -= scale * value));
    }
    state.weights.forEach((value, i) => {
      assert.ok(Math.abs(value - wanted[i]!) < 1e-5, `step ${step}, ${i}: ${value}, ${wanted[i]}`);
    });
  }
});

test('a step of muon goes about as far in each direction, however rare it is', async () => {
  // Singular values of 1 and 0.1: by its gradient one row would go ten times as far.
  const lists = [{ name: 'dense0.weight', shape: [2, 2], offset: 0, size: 4 }];
  const state = initialState(new Float32Array(4));
  const optimise = await openOptimiser(4, 1, 10, { optimiser: 'muon', lists });
  await optimise(state, Float32Array.of(1, 0, 0, 0.1), 0, 1);
  const unit = 0.2 * Math.sqrt(2);
  for (const i of [0, 3]) {
    const part = -state.weights[i]! / unit;
    assert.ok(part > 0.65 && part < 1.25, `${part}`);
  }
  for (const i of [1, 2]) assert.ok(Math.abs(state.weights[i]!) < 1e-6);
});
