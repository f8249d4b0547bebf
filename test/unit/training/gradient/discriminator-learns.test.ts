import assert from 'node:assert/strict';
import test from 'node:test';
import { Tape, type Value } from '../../../../src/model/autodiff/tape.js';
import { discriminators } from '../../../../src/model/discriminators/list.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import { normals, randomAt } from '../../../../src/training/base/random.js';
import { floatTensor, openSession } from '../../../../src/training/base/session.js';
import { Contest, judgingCount } from '../../../../src/training/gradient/contest.js';
import { initialJudge } from '../../../../src/training/optimiser/initial-weights.js';
import { initialState, openOptimiser } from '../../../../src/training/optimiser/optimiser.js';

const shape = [2, 3, 48, 48];
const [patches, colours, side] = shape as [number, number, number];

/** Smooth waves of all brightnesses, and the same with fine grain that is faint beside them. */
function draw(step: number, made: Float32Array, real: Float32Array): void {
  const random = randomAt(5, step);
  const normal = normals(random);
  let i = 0;
  for (let plane = 0; plane < patches * colours; plane++) {
    const [level, across, down] = [random(), 4 * random(), 4 * random()];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, i++) {
        made[i] = level + 0.2 * Math.sin((across * x + down * y) / side);
        real[i] = made[i]! + 0.02 * normal();
      }
    }
  }
}

test('a discriminator soon tells pictures that lack faint detail from those that have it', async () => {
  for (const discriminator of discriminators) {
    const graph = new GraphBuilder('learning');
    const tape = new Tape(graph);
    const input = (name: string): Value => ({ name: graph.input(name, 'float32', shape), shape });
    const contest = new Contest(tape, discriminator, input('made'), input('real'));
    contest.addLearning('judgeGradient', 'right');
    const session = await openSession(encodeModel(graph.build()));
    const [made, real] = [await floatTensor(shape), await floatTensor(shape)];
    const count = judgingCount(discriminator, colours);
    const weights = await floatTensor([count]);
    const state = initialState(initialJudge(discriminator, colours, 1));
    const teach = await openOptimiser(count, 1, 1);
    const shares: number[] = [];
    for (let step = 0; step < 80; step++) {
      draw(step, made.data, real.data);
      weights.data.set(state.weights);
      const out = await session.run({
        made: made.tensor,
        real: real.tensor,
        judge: weights.tensor,
      });
      shares.push((out['right']!.data as Float32Array)[0]!);
      await teach(state, out['judgeGradient']!.data as Float32Array, step, 1e-3);
    }
    const last = shares.slice(-20).reduce((sum, share) => sum + share, 0) / 20;
    assert.ok(last > 0.9, `${discriminator.name} is right on ${last}`);
    await session.release();
  }
});
