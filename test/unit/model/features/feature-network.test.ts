import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Sharp } from 'sharp';
import { mean, multiply } from '../../../../src/model/autodiff/pointwise.js';
import { Tape } from '../../../../src/model/autodiff/tape.js';
import { featuresOf, readFeatures } from '../../../../src/model/features/feature-network.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { packageRoot } from '../../../../src/package-root.js';
import { lossOf } from '../../../../src/training/gradient/loss.js';
import { random } from '../../../support/random-model.js';
import { interpret } from '../autodiff/interpreter.js';
import { numbers } from '../autodiff/numbers.js';

const ort = await onnxRuntime();
const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** A graph with every operation that is read, in the shape of VGG, with random weights. */
function vggLike(extra?: (graph: GraphBuilder, x: string) => string): Uint8Array {
  const graph = new GraphBuilder('vgg');
  const next = random(3);
  const weights = (name: string, dims: number[]) =>
    graph.initializer(name, 'float32', dims, Float32Array.from({ length: product(dims) }, next));
  const conv = (x: string, from: number, to: number, attributes: object) =>
    graph.op('Conv', [x, weights('w', [to, from, 3, 3]), weights('b', [to])], {
      kernel_shape: [3, 3],
      ...attributes,
    });
  let x = graph.input('picture', 'float32', ['N', 3, 'H', 'W']);
  x = graph.op('Sub', [x, graph.initializer('mean', 'float32', [3, 1, 1], [0.4, 0.5, 0.3])]);
  x = graph.op('Relu', [conv(x, 3, 4, { pads: [1, 1, 1, 1] })]);
  graph.op('Relu', [conv(x, 4, 4, { pads: [1, 1, 1, 1] })], {}, 'shallow');
  x = graph.op('MaxPool', ['shallow'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 });
  const left = graph.op('LeakyRelu', [conv(x, 4, 3, { pads: [1, 1, 1, 1], strides: [2, 2] })], {
    alpha: { float: 0.2 },
  });
  const right = graph.op('AveragePool', [x], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    ceil_mode: 1,
  });
  x = graph.op('Concat', [left, right], { axis: 1 });
  const norm = ['scale', 'bias', 'average'].map((name) => weights(name, [7]));
  const variance = graph.initializer('variance', 'float32', [7], new Float32Array(7).fill(0.7));
  const normal = graph.op('BatchNormalization', [x, ...norm, variance]);
  x = graph.op('Add', [normal, graph.op('Tanh', [x])]);
  if (extra !== undefined) x = extra(graph, x);
  graph.op('Identity', [x], {}, 'deep');
  const flat = graph.op('Flatten', [graph.op('GlobalAveragePool', ['deep'])]);
  graph.op('Gemm', [flat, weights('g', [5, 7]), weights('h', [5])], { transB: 1 }, 'classes');
  for (const name of ['shallow', 'deep', 'classes']) graph.output(name, 'float32', ['N']);
  return encodeModel(graph.build());
}

/** Shapes are told to the session by the graph alone. */
async function run(model: Uint8Array, picture: Float32Array, dims: number[], outputs: string[]) {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  const [input] = session.inputNames;
  const result = await session.run({ [input!]: new ort.Tensor('float32', picture, dims) });
  await session.release();
  return outputs.map((name) => result[name]!.data as Float32Array);
}

test('a feature network in a training graph gives what the runtime gives', async () => {
  const model = vggLike();
  const outputs = ['shallow', 'deep', 'classes'];
  const dims = [2, 3, 12, 15];
  const next = random(5);
  const picture = Float32Array.from({ length: product(dims) }, () => next() + 0.5);
  const tape = new Tape(new GraphBuilder('features'));
  const rgb = { name: tape.graph.input('rgb', 'float64', dims), shape: dims };
  const features = featuresOf(tape, readFeatures(model, 'vgg.onnx', []), rgb);
  const values = interpret(tape.graph.build().graph!, { rgb: numbers(dims, [...picture]) });
  const wanted = await run(model, picture, dims, outputs);
  features.forEach(({ name, shape }, i) => {
    const ours = values.get(name)!.data;
    assert.equal(product(shape), wanted[i]!.length, outputs[i]);
    ours.forEach((value, k) =>
      assert.ok(Math.abs(value - wanted[i]![k]!) < 1e-4, `${outputs[i]}[${k}]`),
    );
  });
});

test('the gradient of features goes to the picture as finite differences say, and to nothing else', () => {
  const network = readFeatures(vggLike(), 'vgg.onnx', ['shallow', 'classes']);
  const tape = new Tape(new GraphBuilder('features'));
  const dims = [1, 3, 7, 8];
  const rgb = tape.want({ name: tape.graph.input('rgb', 'float64', dims), shape: dims });
  const wanted = { name: tape.graph.input('wanted', 'float64', dims), shape: dims };
  const looks = { network, picture: <T>(value: T) => value };
  const terms = [
    { name: 'mse', weight: 1 },
    { name: 'perceptual', weight: 0.1 },
    { name: 'features', weight: 0.3 },
  ] as const;
  const loss = lossOf(tape, terms, rgb, wanted, { looks });
  tape.backward(loss);
  const gradient = tape.gradient(rgb).name;
  const graph = tape.graph.build().graph!;
  const next = random(8);
  const feeds = {
    rgb: numbers(
      dims,
      Array.from({ length: product(dims) }, () => next() + 0.5),
    ),
    wanted: numbers(
      dims,
      Array.from({ length: product(dims) }, () => next() + 0.5),
    ),
  };
  const found = interpret(graph, feeds).get(gradient)!.data;
  const lossAt = () => interpret(graph, feeds).get(loss.name)!.data[0]!;
  for (let k = 0; k < found.length; k += 11) {
    const at = feeds.rgb.data[k]!;
    feeds.rgb.data[k] = at + 1e-5;
    const above = lossAt();
    feeds.rgb.data[k] = at - 1e-5;
    const slope = (above - lossAt()) / 2e-5;
    feeds.rgb.data[k] = at;
    assert.ok(Math.abs(slope - found[k]!) < 1e-7, `sample ${k}: ${found[k]}, not ${slope}`);
  }
});

test('the gradient of the texture loss is what finite differences say', () => {
  const network = readFeatures(vggLike(), 'vgg.onnx', ['shallow', 'deep']);
  const tape = new Tape(new GraphBuilder('texture'));
  const dims = [1, 3, 20, 20];
  const rgb = tape.want({ name: tape.graph.input('rgb', 'float64', dims), shape: dims });
  const wanted = { name: tape.graph.input('wanted', 'float64', dims), shape: dims };
  const looks = {
    network,
    picture: <T>(value: T) => multiply(tape, value as never, tape.scalar(1)),
  };
  const loss = lossOf(tape, 'texture', rgb, wanted, { looks });
  tape.backward(mean(tape, loss));
  const gradient = tape.gradient(rgb).name;
  const graph = tape.graph.build().graph!;
  const next = random(9);
  const feeds = {
    rgb: numbers(
      dims,
      Array.from({ length: product(dims) }, () => next() + 0.5),
    ),
    wanted: numbers(
      dims,
      Array.from({ length: product(dims) }, () => next() + 0.5),
    ),
  };
  const found = interpret(graph, feeds).get(gradient)!.data;
  const lossAt = () => interpret(graph, feeds).get(loss.name)!.data[0]!;
  for (const k of [5, 210, 700, 1101]) {
    const at = feeds.rgb.data[k]!;
    feeds.rgb.data[k] = at + 1e-4;
    const above = lossAt();
    feeds.rgb.data[k] = at - 1e-4;
    const slope = (above - lossAt()) / 2e-4;
    feeds.rgb.data[k] = at;
    assert.ok(
      Math.abs(slope - found[k]!) < 1e-6 + 1e-4 * Math.abs(slope),
      `sample ${k}: ${found[k]}, not ${slope}`,
    );
  }
});

test('what cannot be read is named', () => {
  const model = vggLike((graph, x) => graph.op('Softplus', [x]));
  assert.throws(() => readFeatures(model, 'odd.onnx', []), {
    code: 'model',
    message:
      /^The feature network odd\.onnx has the operation Softplus \("Softplus:softplus"\), which is not supported: export it with only Conv, Relu, /,
  });
  assert.throws(() => readFeatures(vggLike(), 'vgg.onnx', ['relu5_4']), {
    code: 'option',
    message:
      /one of the outputs of vgg\.onnx, shallow, deep, classes, for --feature-outputs but received "?relu5_4/,
  });
  const small = readFeatures(readFileSync(shipped), shipped, ['fire5']);
  const tape = new Tape(new GraphBuilder('small'));
  const shape = [1, 3, 6, 6];
  assert.throws(
    () => featuresOf(tape, small, { name: tape.graph.input('rgb', 'float32', shape), shape }),
    {
      code: 'option',
      message: /^Pictures of 6x6 are too small for the features fire5: give a larger/,
    },
  );
});

const shipped = path.join(packageRoot(), 'models/features/squeezenet10.onnx');
const original = path.join(packageRoot(), '../shared/data/features/squeezenet10-features.onnx');
const skip = existsSync(original) ? false : 'the network in single precision is not here';

test(
  'half precision changes the loss of the shipped features by less than 0.1 % over photographs',
  { skip },
  async () => {
    const { default: load } = await import('sharp');
    const dims = [1, 3, 160, 160];
    const photographs = path.join(packageRoot(), '../shared/data/train/CID22');
    // Those that are compared unless others are named.
    const names = ['fire2', 'fire5'];
    const sums = { half: [0, 0], single: [0, 0] };
    for (const name of readdirSync(photographs).sort().slice(0, 6)) {
      const photograph = load(path.join(photographs, name)).resize(160, 160).removeAlpha();
      const png = await photograph.png().toBuffer();
      const small = await load(png).resize(80, 80).png().toBuffer();
      const planesOf = async (picture: Sharp): Promise<Float32Array> => {
        const bytes = await picture.raw().toBuffer();
        return Float32Array.from({ length: product(dims) }, (_, i) => {
          return bytes[(i % 25600) * 3 + Math.floor(i / 25600)]! / 255;
        });
      };
      const planes = await planesOf(load(png));
      // What a network starts with.
      const soft = await planesOf(load(small).resize(160, 160));
      for (const [kind, file] of [
        ['half', shipped],
        ['single', original],
      ] as const) {
        const model = readFileSync(file);
        const [a, b] = [await run(model, planes, dims, names), await run(model, soft, dims, names)];
        a.forEach((list, i) => {
          sums[kind][i]! += list.reduce((sum, v, k) => sum + (v - b[i]![k]!) ** 2, 0);
        });
      }
    }
    sums.half.forEach((value, i) => {
      const single = sums.single[i]!;
      assert.ok(Math.abs(value / single - 1) < 1e-3, `${names[i]}: ${value} for ${single}`);
    });
  },
);
