import assert from 'node:assert/strict';
import test from 'node:test';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { parametersOf } from '../../../../src/model/language/network.js';
import { type Init, initialWeights } from '../../../../src/training/optimiser/initial-weights.js';
import { initialState, openOptimiser } from '../../../../src/training/optimiser/optimiser.js';
import { type OptimiserName, optimisers } from '../../../../src/training/optimiser/optimisers.js';

/** One value's way by each optimiser, as its paper writes it; `memory` is its own. */
const papers: Readonly<
  Record<
    Exclude<OptimiserName, 'muon'>,
    (g: number, rate: number, step: number, memory: number[]) => number
  >
> = {
  adam(g, rate, step, memory) {
    memory[0] = 0.9 * (memory[0] ?? 0) + 0.1 * g;
    memory[1] = 0.999 * (memory[1] ?? 0) + 0.001 * g * g;
    const [m, v] = [memory[0] / (1 - 0.9 ** step), memory[1] / (1 - 0.999 ** step)];
    return (rate * m) / (Math.sqrt(v) + 1e-8);
  },
  rmsprop(g, rate, _step, memory) {
    memory[0] = 0.9 * (memory[0] ?? 0) + 0.1 * g * g;
    return (rate * g) / (Math.sqrt(memory[0]) + 1e-7);
  },
  adadelta(g, rate, _step, memory) {
    memory[0] = 0.95 * (memory[0] ?? 0) + 0.05 * g * g;
    const change = (Math.sqrt((memory[1] ?? 0) + 1e-6) / Math.sqrt(memory[0] + 1e-6)) * g;
    memory[1] = 0.95 * (memory[1] ?? 0) + 0.05 * change * change;
    return rate * change;
  },
  sgd(g, rate, _step, memory) {
    memory[0] = 0.9 * (memory[0] ?? 0) + g;
    return rate * memory[0];
  },
};

for (const name of optimisers.filter((each) => each !== 'muon')) {
  test(`${name} steps as its paper says, on the mean of the micro-batches' gradients`, async () => {
    const weights = Float32Array.of(0.5, -1, 2);
    const state = initialState(weights);
    const optimise = await openOptimiser(3, 2, 10, { optimiser: name });
    const wanted = [...weights];
    const memories: number[][] = [[], [], []];
    for (let step = 0; step < 5; step++) {
      const halves = [0, 1, 2].map((i) => [0.3 * (i + 1) - 0.1 * step, 0.1 * (i - 1)] as const);
      const gradients = Float32Array.from([...halves.map(([a]) => a), ...halves.map(([, b]) => b)]);
      await optimise(state, gradients, step, 0.05);
      halves.forEach(([a, b], i) => {
        wanted[i]! -= papers[name]((a + b) / 2, 0.05, step + 1, memories[i]!);
        const off = Math.abs(state.weights[i]! - wanted[i]!);
        assert.ok(off < 1e-5, `step ${step}: ${state.weights[i]}, not ${wanted[i]}`);
      });
    }
  });
}

test('random weights begin with the deviation asked for', () => {
  const network = networkOf('espcn-58k', 2);
  const lists = parametersOf(network);
  const inner = lists.find(({ name }) => name === 'conv1.weight')!;
  for (const [init, deviation] of [
    [{ kind: 'he' }, Math.sqrt(2 / (64 * 9))],
    [{ kind: 'xavier' }, Math.sqrt(2 / (2 * 64 * 9))],
    [{ kind: 'normal', deviation: 0.03 }, 0.03],
  ] as const satisfies readonly (readonly [Init, number])[]) {
    const weights = initialWeights(network, 1, init);
    const values = weights.subarray(inner.offset, inner.offset + inner.size);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    assert.ok(Math.abs(Math.sqrt(square) / deviation - 1) < 0.02, JSON.stringify(init));
    const biases = lists.filter(({ fans }) => fans === undefined);
    for (const { offset, size } of biases)
      assert.ok(!weights.subarray(offset, offset + size).some(Boolean));
  }
});
