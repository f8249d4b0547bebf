import assert from 'node:assert/strict';
import test from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { decodeModel, encodeModel } from '../../../../src/model/onnx/model-file.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { architectures, networkOf } from '../../../../src/model/architectures/list.js';
import { convolution } from '../../../../src/model/blocks/convolution.js';
import { layersOf, plainLayers } from '../../../../src/model/language/layers.js';
import { enlargement } from '../../../../src/model/blocks/enlargement.js';
import {
  type Network,
  parameterCount,
  parametersOf,
  reachOf,
  unshuffleOf,
} from '../../../../src/model/language/network.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import { normals, randomAt } from '../../../../src/training/base/random.js';
import { type Expansion, initialPairs } from '../../../../src/training/optimiser/expansion.js';
import { initialWeights } from '../../../../src/training/optimiser/initial-weights.js';
import {
  initialExpandedState,
  openOptimiser,
} from '../../../../src/training/optimiser/optimiser.js';
import { buildUpdateModel } from '../../../../src/training/optimiser/update-graph.js';
import { interpret } from '../../model/autodiff/interpreter.js';
import { type Numbers, numbers } from '../../model/autodiff/numbers.js';

const ort = await onnxRuntime();

/** Small, with a layer of each kind: more channels out, as many (with an identity), and fewer. */
const small: Network = {
  ...{ arch: 'small', scale: 2, colour: 'luma' },
  ...{ before: 'nothing', after: 'shuffle', skip: 'repeated' },
  blocks: [convolution(3, 2, 'relu'), convolution(3, 2, 'relu'), convolution(1, 4)],
};

/** The architectures that are convolutions from end to end. */
const plainArchs = architectures.filter(
  ({ name, scales }) => scales.includes(2) && layersOf(networkOf(name, 2)) !== null,
);

function randomList(length: number, ...place: number[]): Float32Array {
  const normal = normals(randomAt(...place));
  return Float32Array.from({ length }, normal);
}

/**
 * What the expanded network makes of a picture, with two convolutions for each layer and an
 * addition where its channels keep their number: from the pairs alone, without collapsing anything.
 */
async function runExpanded({ network, channels }: Expansion, pairs: Float32Array, x: Tensor) {
  const graph = new GraphBuilder('expanded');
  let value = graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const reach = reachOf(network);
  const pads = graph.ints('pads', [0, 0, reach, reach, 0, 0, reach, reach]);
  const padded = (value = graph.op('Pad', [value, pads], { mode: 'edge' }));
  const unshuffle = unshuffleOf(network);
  if (unshuffle > 1) value = graph.op('SpaceToDepth', [value], { blocksize: unshuffle });
  const crop = (what: string, border: number) => {
    const [from, to] = [graph.ints('from', [border, border]), graph.ints('to', [-border, -border])];
    return border === 0 ? what : graph.op('Slice', [what, from, to, graph.ints('axes', [2, 3])]);
  };
  let offset = 0;
  const part = (name: string, ...dims: number[]) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return graph.initializer(name, 'float32', dims, pairs.subarray(offset, (offset += size)));
  };
  for (const { kernel, inputs, outputs, activation } of plainLayers(network)) {
    const into = part('b', channels, inputs, kernel, kernel);
    const out = part('a', outputs, channels, 1, 1);
    const bias = part('bias', outputs);
    let next = graph.op('Conv', [graph.op('Conv', [value, into]), out, bias]);
    if (inputs === outputs) next = graph.op('Add', [next, crop(value, (kernel - 1) / 2)]);
    value = activation === 'relu' ? graph.op('Relu', [next]) : next;
  }
  if (unshuffle > 1) {
    value = graph.op('DepthToSpace', [value], { blocksize: unshuffle, mode: 'DCR' });
  }
  if (network.skip !== 'none') value = graph.op('Add', [value, crop(padded, reach)]);
  graph.op('DepthToSpace', [value], { blocksize: network.scale, mode: 'DCR' }, 'y');
  graph.output('y', 'float32', ['N', 1, 'H2', 'W2']);
  const session = await ort.InferenceSession.create(encodeModel(graph.build()));
  return (await session.run({ x }))['y']!.data as Float32Array;
}

for (const { name: arch, defaults } of plainArchs) {
  test(`${arch} gives after some steps what its expanded form gives`, async () => {
    const network = networkOf(arch, 2, 'depth' in defaults ? { depth: 2 } : {});
    const expansion = { network, channels: 66 };
    const parameters = parameterCount(network);
    const state = initialExpandedState(expansion, 3);
    const optimise = await openOptimiser(parameters, 2, 10, { expansion });
    for (let step = 0; step < 3; step++) {
      await optimise(state, randomList(2 * parameters, step), step, 1e-3);
    }
    const picture = randomList(14 * 12, 9).map((value) => 0.5 + value / 5);
    const x = new ort.Tensor('float32', picture, [1, 1, 12, 14]);
    const wanted = await runExpanded(expansion, state.pairs!, x);
    const session = await ort.InferenceSession.create(buildInferenceModel(network, state.weights));
    const { y } = await session.run({ x });
    const found = y!.data as Float32Array;
    assert.equal(found.length, wanted.length);
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(value - found[i]!) < 1e-5, `sample ${i}: ${found[i]}, not ${value}`);
    });
    assert.ok(
      found.some((value) => Math.abs(value - found[0]!) > 0.01),
      'the picture says something',
    );
  });
}

test('the gradient of the pairs is what finite differences say', () => {
  const expansion = { network: small, channels: 5 };
  const parameters = parameterCount(small);
  const pairs = numbers([0], initialPairs(expansion, 1)).data;
  const count = pairs.length;
  const graph = decodeModel(buildUpdateModel(parameters, 1, { expansion }), 'update').graph!;
  const weightGradient = numbers([1, parameters], randomList(parameters, 5));
  const one = (value: number) => numbers([1], [value]);
  const feeds = (rate: number): Record<string, Numbers> => ({
    gradients: weightGradient,
    pairs: numbers([count], pairs),
    first: numbers([count], new Float64Array(count)),
    second: numbers([count], new Float64Array(count)),
    average: numbers([parameters], new Float64Array(parameters)),
    ...{ rate: one(rate), correction1: one(1), correction2: one(1), follow: one(1) },
  });
  /** A loss whose gradient by the weights is `weightGradient`; at a rate of 0 the pairs stay. */
  const loss = (): number => {
    const weights = interpret(graph, feeds(0)).get('weights_next')!.data;
    return weights.reduce((sum, value, i) => sum + value * weightGradient.data[i]!, 0);
  };
  // From moments of 0, the first one moves to a tenth of the gradient.
  const found = interpret(graph, feeds(0))
    .get('first_next')!
    .data.map((value) => 10 * value);
  const h = 1e-4;
  for (let k = 0; k < count; k++) {
    const at = pairs[k]!;
    pairs[k] = at + h;
    const above = loss();
    pairs[k] = at - h;
    const slope = (above - loss()) / (2 * h);
    pairs[k] = at;
    assert.ok(Math.abs(slope - found[k]!) < 1e-5, `value ${k}: ${found[k]}, not ${slope}`);
  }
  assert.ok(found.some((value) => Math.abs(value) > 0.1));
});

test('an expanded network begins with the weights it was given', () => {
  for (const { name: arch } of plainArchs) {
    const network = networkOf(arch, 2);
    const given = initialWeights(network, 4).map((value, i) => value + ((i % 7) - 3) / 100);
    const state = initialExpandedState({ network, channels: 80 }, 1, given);
    state.weights.forEach((value, i) => {
      assert.ok(Math.abs(value - given[i]!) < 1e-5, `${arch}, weight ${i}: ${value}, ${given[i]}`);
    });
  }
});

test('convolutions within other blocks are expanded as well, and everything else trains as it is', async () => {
  const network: Network = {
    ...{ arch: 'nested', scale: 2, colour: 'rgb' },
    ...{ before: 'nothing', after: 'nothing', skip: 'bicubic' },
    blocks: [
      convolution(3, 4, 'prelu'),
      { kind: 'residual', blocks: [convolution(3, 4, 'relu'), convolution(3, 4)] },
      enlargement(2, 3),
    ],
  };
  const initial = randomList(parameterCount(network), 5);
  const expansion = { network, channels: 8 };
  const state = initialExpandedState(expansion, 2, initial);
  const apart = (list: Float32Array, other: Float32Array) =>
    Math.max(...list.map((value, i) => Math.abs(value - other[i]!)));
  assert.ok(apart(state.weights, initial) < 1e-5);
  const optimise = await openOptimiser(initial.length, 1, 10, { expansion });
  await optimise(state, randomList(initial.length, 6), 0, 1e-3);
  // Adam's first step is as long as the rate, in every value that is trained as it is.
  const slopes = parametersOf(network).find(({ name }) => name === 'conv0.slope')!;
  for (let i = slopes.offset; i < slopes.offset + slopes.size; i++) {
    assert.ok(Math.abs(Math.abs(state.weights[i]! - initial[i]!) - 1e-3) < 1e-5);
  }
  assert.ok(apart(state.weights, initial) < 1);
});
