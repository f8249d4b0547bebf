import assert from 'node:assert/strict';
import test from 'node:test';
import { Tape, type Value } from '../../../../src/model/autodiff/tape.js';
import { convolution } from '../../../../src/model/blocks/convolution.js';
import {
  type Discriminator,
  judgingParameters,
  leastJudged,
  verdicts,
} from '../../../../src/model/discriminators/discriminator.js';
import { discriminators } from '../../../../src/model/discriminators/list.js';
import { viewsOf } from '../../../../src/model/language/training-graph.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { normals, randomAt } from '../../../../src/training/base/random.js';
import { Contest, judgingCount } from '../../../../src/training/gradient/contest.js';
import { lossOf } from '../../../../src/training/gradient/loss.js';
import { interpret } from '../../model/autodiff/interpreter.js';
import { type Numbers, numbers } from '../../model/autodiff/numbers.js';

const small: Discriminator = {
  ...{ name: 'small', unshuffle: 2 },
  blocks: [convolution(3, 2, 'leaky-relu'), convolution(1, 1)],
};
/** One sample more than the unshuffle divides: it is cut off. */
const shape = [2, 1, 9, 8];

/** The graph of a contest, and beside it the verdicts on both pictures, told by plain nodes. */
function contestGraph() {
  const graph = new GraphBuilder('check');
  const tape = new Tape(graph);
  const input = (name: string): Value => ({ name: graph.input(name, 'float64', shape), shape });
  const made = tape.want(input('made'));
  const real = input('real');
  const contest = new Contest(tape, small, made, real);
  const loss = lossOf(tape, 'adversarial', made, real, { verdicts: contest.verdicts });
  tape.backward(loss);
  contest.addLearning('judgeGradient', 'right');
  const apart = new Tape(graph);
  const flat = { name: 'judge', shape: [judgingCount(small, 1)] };
  const lists = viewsOf(apart, judgingParameters(small, 1), flat).flat();
  const [onMade, onReal] = [made, real].map((picture) => verdicts(apart, small, picture, lists));
  const names = { onMade: onMade!.name, onReal: onReal!.name, loss: loss.name };
  return { built: graph.build().graph!, names, gradient: tape.gradient(made).name };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('network and discriminator get the gradients of what each of them minimises', () => {
  const { built, names, gradient } = contestGraph();
  const normal = normals(randomAt(3));
  const random = (dims: readonly number[]): Numbers =>
    numbers(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => normal()),
    );
  const feeds = {
    made: random(shape),
    real: random(shape),
    judge: random([judgingCount(small, 1)]),
  };
  const run = () => interpret(built, feeds);
  const verdictsOn = (name: string) => [...run().get(name)!.data];
  /** -log sigmoid(-v) in the mean over the made, -log sigmoid(v) over the true ones. */
  const judgeLoss = () =>
    mean(verdictsOn(names.onMade).map((v) => -Math.log(1 / (1 + Math.exp(v))))) +
    mean(verdictsOn(names.onReal).map((v) => -Math.log(1 / (1 + Math.exp(-v)))));
  const networkLoss = () =>
    mean(verdictsOn(names.onMade).map((v) => -Math.log(1 / (1 + Math.exp(-v)))));
  const found = run();
  assert.ok(Math.abs(found.get(names.loss)!.data[0]! - networkLoss()) < 1e-12);
  const shares = [
    ...verdictsOn(names.onMade).map((v) => Number(v < 0)),
    ...verdictsOn(names.onReal).map((v) => Number(v > 0)),
  ];
  assert.ok(Math.abs(found.get('right')!.data[0]! - mean(shares)) < 1e-12);
  for (const [what, list, lossNow] of [
    [gradient, feeds.made, networkLoss],
    ['judgeGradient', feeds.judge, judgeLoss],
  ] as const) {
    const { data } = list;
    const slopes = found.get(what)!.data;
    assert.equal(slopes.length, data.length);
    for (let k = 0; k < data.length; k++) {
      const at = data[k]!;
      const lossAt = (value: number) => {
        data[k] = value;
        return lossNow();
      };
      const slope = (lossAt(at + 1e-5) - lossAt(at - 1e-5)) / 2e-5;
      data[k] = at;
      assert.ok(Math.abs(slope - slopes[k]!) < 1e-7, `${what}[${k}]: ${slopes[k]}, not ${slope}`);
    }
  }
});

test('every discriminator judges the smallest pictures that it says it can', () => {
  for (const each of discriminators) {
    const least = leastJudged(each);
    const tape = new Tape(new GraphBuilder('least'));
    const lists = judgingParameters(each, 3).map(({ name, shape }) => ({ name, shape }));
    const on = (side: number) => {
      const extents = [1, 3, side, side];
      const picture = { name: tape.graph.input(`p${side}`, 'float32', extents), shape: extents };
      return verdicts(tape, each, picture, lists).shape;
    };
    assert.deepEqual(on(least), [1, 1, 1, 1], each.name);
    assert.ok(on(2 * least)[2]! > 1, each.name);
  }
});
