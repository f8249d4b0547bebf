import assert from 'node:assert/strict';
import test from 'node:test';
import { mean, multiply } from '../../../../src/model/autodiff/pointwise.js';
import { Tape } from '../../../../src/model/autodiff/tape.js';
import { reachOf as graphReach } from '../../../../src/model/graph/reach.js';
import { borderPadOf } from '../../../../src/model/graph/strip-pad.js';
import { convolution } from '../../../../src/model/blocks/convolution.js';
import { dense } from '../../../../src/model/blocks/dense.js';
import { enlargement } from '../../../../src/model/blocks/enlargement.js';
import { hasDial, withDialAt } from '../../../../src/model/networks/dial.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import {
  checkNetwork,
  type Network,
  multiplicationsOf,
  parameterCount,
  parametersOf,
  reachOf,
} from '../../../../src/model/language/network.js';
import { lastShuffle } from '../../../../src/model/language/through-network.js';
import { trainedValues, trainNetwork } from '../../../../src/model/language/training-graph.js';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../../../src/model/onnx/model-file.js';
import { resizeToFloat } from '../../../../src/planes/resize.js';
import { sourceShape } from '../../../../src/training/gradient/gradient-graph.js';
import { random } from '../../../support/random-model.js';
import { interpret } from '../autodiff/interpreter.js';
import { numbers } from '../autodiff/numbers.js';

const ort = await onnxRuntime();

const rgb = { arch: 'trial', colour: 'rgb' } as const;
const luma = { arch: 'trial', colour: 'luma' } as const;
const inner = { kind: 'residual', blocks: [convolution(3, 2, 'relu'), convolution(3, 2)] } as const;

/** Small networks that hold every kind of block, activation, skip and colour at least once. */
const networks: Readonly<Record<string, Network>> = {
  'shuffled luma, prelu': {
    ...{ ...luma, scale: 2, before: 'nothing', after: 'shuffle', skip: 'repeated' },
    blocks: [convolution(3, 2, 'prelu'), convolution(3, 4)],
  },
  'shuffled RGB, leaky relu': {
    ...{ ...rgb, scale: 2, before: { unshuffle: 2 }, after: 'shuffle', skip: 'repeated' },
    blocks: [convolution(3, 2, 'leaky-relu'), convolution(1, 48)],
  },
  'RGB enlarged before, sigmoid': {
    ...{ ...rgb, scale: 2, before: 'bicubic', after: 'nothing', skip: 'bicubic' },
    blocks: [convolution(3, 2, 'sigmoid'), convolution(3, 3, 'tanh')],
  },
  'luma enlarged 3/2 before': {
    ...{ ...luma, scale: 1.5, before: 'bicubic', after: 'nothing', skip: 'none' },
    blocks: [convolution(3, 2, 'tanh'), convolution(3, 1)],
  },
  'residual RGB enlarged within': {
    ...{ ...rgb, scale: 4, before: 'nothing', after: 'nothing', skip: 'bicubic' },
    blocks: [convolution(3, 2), inner, enlargement(2, 2, 'relu'), enlargement(2, 3)],
  },
  'bicubic added before the shuffle': {
    ...{ ...luma, scale: 3, before: 'nothing', after: 'shuffle', skip: 'bicubic' },
    blocks: [convolution(5, 2, 'relu'), convolution(3, 9)],
  },
  'repeated picture added at the end': {
    ...{ ...rgb, scale: 2, before: 'nothing', after: 'nothing', skip: 'repeated' },
    blocks: [convolution(1, 2, 'relu'), enlargement(2, 3)],
  },
  'dense layers on patches': {
    ...{ ...luma, scale: 1.5, before: 'nothing', after: 'nothing', skip: 'none', signed: true },
    patches: { size: 2, step: 2 },
    blocks: [dense(3, 'tanh'), dense(2, 'prelu'), dense(9)],
  },
  'luma with a dial': {
    ...{ ...luma, scale: 2, before: 'nothing', after: 'shuffle', skip: 'repeated' },
    ...{ blocks: [convolution(3, 2, 'relu'), convolution(3, 4)], strength: true },
  },
};

/** Where the dial stands of networks that have one. */
const strength = 0.625;

const noHooks = {
  kernel: <T>(x: T) => x,
  result: <T>(x: T) => x,
  dropout: <T>(x: T) => x,
};

function graphOf(network: Network, patch: number) {
  const graph = new GraphBuilder('check');
  const tape = new Tape(graph);
  const shape = sourceShape(network, { patches: 1, patch });
  const x = { name: graph.input('x', 'float64', shape), shape };
  const count = parameterCount(network);
  const flat = { name: graph.input('flat', 'float64', [count]), shape: [count] };
  const dial = network.strength === true ? graph.input('strength', 'float64', [1]) : null;
  const values = trainedValues(tape, network, flat, dial);
  return { graph, tape, x, values, result: trainNetwork(tape, network, x, values, noHooks) };
}

const numbersOf = (count: number, seed: number) => {
  const next = random(seed);
  return Array.from({ length: count }, () => next() * 1.4);
};
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

for (const [name, network] of Object.entries(networks)) {
  checkNetwork(network);

  test(`the gradient of a network is what finite differences say: ${name}`, () => {
    const { graph, tape, x, values, result } = graphOf(network, 2);
    // Unequal weights: a gradient that is right only in sum is found out.
    const factors = { name: graph.input('factors', 'float64', result.shape), shape: result.shape };
    const loss = mean(tape, multiply(tape, result, factors));
    tape.backward(loss);
    values.gradient('gradient');
    const built = graph.build().graph!;
    const flat = numbers([parameterCount(network)], numbersOf(parameterCount(network), 1));
    const feeds = {
      flat,
      x: numbers(x.shape, numbersOf(product(x.shape), 2)),
      factors: numbers(result.shape, numbersOf(product(result.shape), 3)),
      strength: numbers([1], [strength]),
    };
    const found = interpret(built, feeds).get('gradient')!.data;
    assert.equal(found.length, flat.data.length);
    const lossAt = () => interpret(built, feeds).get(loss.name)!.data[0]!;
    // Every seventh value: those of each list come by.
    for (let k = 0; k < flat.data.length; k += flat.data.length > 60 ? 7 : 1) {
      const at = flat.data[k]!;
      flat.data[k] = at + 1e-5;
      const above = lossAt();
      flat.data[k] = at - 1e-5;
      const slope = (above - lossAt()) / 2e-5;
      flat.data[k] = at;
      assert.ok(Math.abs(slope - found[k]!) < 1e-7, `value ${k}: ${found[k]}, not ${slope}`);
    }
  });

  test(`what is trained is what is run: ${name}`, async () => {
    const side = network.patches?.size ?? 6;
    const { graph, x, result } = graphOf(network, side);
    const flat = numbersOf(parameterCount(network), 4).map(Math.fround);
    // Context that repeats the edge, as the model file's own Pad makes it.
    const [, channels, wide] = x.shape as [number, number, number];
    const reach = (wide - side) / 2;
    const picture = Float32Array.from(numbersOf(channels * side * side, 5), (v) => v + 0.5);
    const within = (place: number) => Math.min(side - 1, Math.max(0, place - reach));
    const widened = Array.from({ length: product(x.shape) }, (_, i) => {
      const [c, v, u] = [Math.floor(i / wide / wide), Math.floor(i / wide) % wide, i % wide];
      return picture[(c * side + within(v)) * side + within(u)]!;
    });
    const values = interpret(graph.build().graph!, {
      flat: numbers([flat.length], flat),
      x: numbers(x.shape, widened),
      strength: numbers([1], [strength]),
    });
    const trained = shuffled(values.get(result.name)!.data, result.shape, lastShuffle(network));
    const whole = decodeModel(buildInferenceModel(network, Float32Array.from(flat)), 'trial');
    assert.equal(hasDial(whole), network.strength === true);
    const model = hasDial(whole) ? await withDialAt(whole, strength) : whole;
    const session = await ort.InferenceSession.create(encodeModel(model));
    const dims = [1, channels, side, side];
    const { y } = await session.run({ x: new ort.Tensor('float32', picture, dims) });
    const run = y!.data as Float32Array;
    assert.deepEqual([...y!.dims], [1, channels, side * network.scale, side * network.scale]);
    run.forEach((value, i) => assert.ok(Math.abs(value - trained[i]!) < 1e-4, `sample ${i}`));
    await session.release();
  });

  if (network.patches !== undefined) continue;
  test(`the reach and the Pad of a model file are the network's own: ${name}`, () => {
    const file = buildInferenceModel(network, new Float32Array(parameterCount(network)));
    const { graph } = decodeModel(file);
    const read = graphReach(graph!, 'x', 'y')!;
    assert.equal(read.scale, network.scale);
    assert.ok(read.inset === 0 && read.reach <= reachOf(network) + read.align);
    if (read.align === 1) assert.equal(borderPadOf(graph!, 'x', 'y'), reachOf(network));
  });
}

/** Channels of [1, C block^2, H, W] put into place, as DepthToSpace does it. */
function shuffled(data: Float64Array, shape: readonly number[], block: number): number[] {
  const [, all, h, w] = shape as [number, number, number, number];
  const channels = all / block ** 2;
  const wide = w * block;
  return Array.from({ length: data.length }, (_, i) => {
    const [c, y, x] = [
      Math.floor(i / (wide * h * block)),
      Math.floor(i / wide) % (h * block),
      i % wide,
    ];
    const from = ((y % block) * block + (x % block)) * channels + c;
    return data[(from * h + Math.floor(y / block)) * w + Math.floor(x / block)]!;
  });
}

test('the enlargement before the blocks and in the skip is bicubic, at whole and at other scales', async () => {
  for (const scale of [1.5, 2, 4]) {
    const network: Network = {
      ...{ ...luma, scale, before: 'bicubic', after: 'nothing', skip: 'none' },
      blocks: [convolution(1, 1)],
    };
    const session = await ort.InferenceSession.create(
      buildInferenceModel(network, Float32Array.of(1, 0)),
    );
    const [width, height] = [20, 12];
    const data = Float32Array.from({ length: width * height }, random(9));
    const x = new ort.Tensor('float32', data, [1, 1, height, width]);
    const y = (await session.run({ x }))['y']!.data as Float32Array;
    const wanted = resizeToFloat({ data, width, height }, width * scale, height * scale);
    for (let row = 2 * scale; row < (height - 2) * scale; row++) {
      for (let column = 2 * scale; column < (width - 2) * scale; column++) {
        const at = Math.floor(row) * wanted.width + Math.floor(column);
        assert.ok(Math.abs(y[at]! - wanted.data[at]!) < 1e-5, `${scale}x, row ${row}`);
      }
    }
    await session.release();
  }
});

test('multiplications are counted for each source sample, wherever a block stands', () => {
  const { 'residual RGB enlarged within': residual, 'dense layers on patches': patches } = networks;
  assert.equal(multiplicationsOf(residual!), 9 * (6 + 4 + 4 + 4 * 4 + 16 * 6));
  assert.equal(multiplicationsOf(patches!), (4 * 3 + 3 * 2 + 2 * 9) / 4);
});

test('every list has a name of its own and a place after the one before', () => {
  const lists = parametersOf(networks['residual RGB enlarged within']!);
  assert.equal(new Set(lists.map(({ name }) => name)).size, lists.length);
  lists.reduce((offset, list) => {
    assert.equal(list.offset, offset);
    return offset + list.size;
  }, 0);
});

test('a network whose blocks do not give what is wanted is refused', () => {
  const { 'shuffled luma, prelu': network } = networks;
  assert.throws(() => checkNetwork({ ...network!, blocks: [convolution(3, 5)] }), RangeError);
  assert.throws(() => checkNetwork({ ...network!, blocks: [dense(4)] }), /patches/);
});
