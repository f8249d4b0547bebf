import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { loadModel } from '../../src/model/load/load-model.js';
import { GraphBuilder, type Shape } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import { elementTypes } from '../../src/model/onnx/types.js';
import { planeOf } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from '../support/picture.js';
import { random } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ort = await onnxRuntime();

const folder = temporaryFolder();
type Kind = {
  channels?: number;
  type?: 'float32' | 'uint8';
  shape?: Shape;
  opset?: number;
  /** An operation whose reach cannot be told, before the output. */
  opaque?: boolean;
  scale?: number;
};

/** Two zero-padded 3x3 convolutions and a shuffle, as others export them. */
async function foreignModel(name: string, kind: Kind = {}): Promise<string> {
  const { channels = 1, type = 'float32', opset = 13, scale = 2 } = kind;
  const { shape = ['batch', channels, 'height', 'width'] } = kind;
  const next = random(5);
  const graph = new GraphBuilder('foreign');
  let value = graph.input('image', type, shape);
  if (type === 'uint8') {
    value = graph.op('Cast', [value], { to: elementTypes.float32 });
    value = graph.op('Mul', [value, graph.floats('unit', 1 / 255)]);
  }
  const conv = (inputs: number, outputs: number): void => {
    const kernel = Float32Array.from({ length: outputs * inputs * 9 }, () => next() / inputs);
    const w = graph.initializer('w', 'float32', [outputs, inputs, 3, 3], kernel);
    const b = graph.floats('b', new Float32Array(outputs).fill(0.4));
    value = graph.op('Conv', [value, w, b], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  };
  conv(channels, 8);
  value = graph.op('Relu', [value]);
  conv(8, channels * scale * scale);
  value = graph.op('DepthToSpace', [value], { blocksize: scale });
  if (kind.opaque === true) {
    const name4 = graph.op('Transpose', [value], { perm: [0, 1, 3, 2] });
    value = graph.op('Transpose', [name4], { perm: [0, 1, 3, 2] });
  }
  if (type === 'uint8') {
    value = graph.op('Mul', [value, graph.floats('peak', 255)]);
    value = graph.op('Clip', [value, graph.floats('low', 0), graph.floats('high', 255)]);
    value = graph.op('Cast', [value], { to: elementTypes.uint8 });
  }
  value = graph.op('Identity', [value], {}, 'enlarged');
  graph.output('enlarged', type, ['n', channels, 'h', 'w']);
  const file = path.join(folder, `${name}.onnx`);
  await writeFile(file, encodeModel(graph.build({ opset })));
  return file;
}

async function enlargedLuma(
  file: string,
  format: string,
  width: number,
  height: number,
  scale = 2,
) {
  const layout = frameLayout(pixelFormats.get(format)!, width, height);
  const chain = await chooseChain(scale, file, { kind: 'clean' });
  await using upscaler = await openUpscaler(optionsFor(chain, layout));
  const frame = picture(layout, 1);
  const { frame: larger } = await upscaler.upscale(frame);
  const source = planeOf(frame.data, layout, 0);
  return {
    source,
    luma: planeOf(larger.data, upscaler.layout, 0),
    colourPath: upscaler.colourPath,
  };
}

async function wholeRun(
  file: string,
  source: { data: ArrayLike<number>; width: number; height: number },
  times = 1,
) {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  let { width, height } = source;
  let data = Float32Array.from(source.data, (v) => v * Math.fround(1 / 255));
  for (let i = 0; i < times; i++) {
    const image = new ort.Tensor('float32', data, [1, 1, height, width]);
    const { enlarged } = await session.run({ image });
    data = enlarged!.data as Float32Array<ArrayBuffer>;
    [height, width] = [height * 2, width * 2];
  }
  await session.release();
  return Array.from(data, (v) =>
    Math.floor(Math.min(255.5, Math.max(0, Math.fround(Math.fround(v * 255) + 0.5)))),
  );
}

test('a zero-padded model runs in strips as on the whole picture, its own border included', async () => {
  const file = await foreignModel('same');
  const model = await loadModel(file);
  assert.equal(model.borderPad, 0);
  assert.deepEqual(model.reach, { scale: 2, reach: 2, inset: 0, align: 1 });
  const { source, luma } = await enlargedLuma(file, 'yuv420p', 200, 700);
  assert.deepEqual(Array.from(luma.data), await wholeRun(file, source));
});

test('two passes of it are two whole runs without rounding between them', async () => {
  const file = await foreignModel('twice');
  const { source, luma } = await enlargedLuma(file, 'gray', 130, 500, 4);
  assert.deepEqual(Array.from(luma.data), await wholeRun(file, source, 2));
});

test('a model whose reach cannot be told runs on whole frames', async () => {
  const file = await foreignModel('opaque', { opaque: true });
  assert.equal((await loadModel(file)).reach, null);
  const { source, luma } = await enlargedLuma(file, 'gray', 90, 700);
  assert.deepEqual(Array.from(luma.data), await wholeRun(file, source));
});

test('a model of one fixed size runs in overlapping tiles of that size', async () => {
  const free = await foreignModel('free');
  const file = await foreignModel('fixed', { shape: [1, 1, 40, 48] });
  const { source, luma } = await enlargedLuma(file, 'gray', 150, 91);
  const whole = await wholeRun(free, source);
  // Inner borders have real neighbours; the picture's own border too is the model's.
  assert.deepEqual(Array.from(luma.data), whole);
  const small = await enlargedLuma(file, 'gray', 20, 16);
  assert.equal(small.luma.width, 40);
});

test('a uint8 model runs on 8 and on 10 bit', async () => {
  const file = await foreignModel('bytes', { type: 'uint8' });
  const float = await foreignModel('floats');
  const { source, luma } = await enlargedLuma(file, 'gray', 64, 40);
  const whole = await wholeRun(float, source);
  // Such a model cuts off where we would round.
  luma.data.forEach((v, i) => assert.ok(Math.abs(v - whole[i]!) <= 1));
  const ten = await enlargedLuma(file, 'gray10le', 64, 40);
  assert.ok(ten.luma.data.some((v) => v > 255));
});

test('an old operator set is served', async () => {
  const file = await foreignModel('old', { opset: 9 });
  const { source, luma } = await enlargedLuma(file, 'gray', 64, 40);
  assert.deepEqual(Array.from(luma.data), await wholeRun(file, source));
});

/** Nearest-neighbour enlarging of RGB: colours must come through the conversions as they were. */
async function nearestRgb(): Promise<string> {
  const graph = new GraphBuilder('nearest');
  const image = graph.input('image', 'float32', ['n', 3, 'h', 'w']);
  const scales = graph.floats('scales', [1, 1, 2, 2]);
  graph.op(
    'Resize',
    [image, '', scales],
    {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
    'enlarged',
  );
  graph.output('enlarged', 'float32', ['n', 3, 'h2', 'w2']);
  const file = path.join(folder, 'nearest.onnx');
  await writeFile(file, encodeModel(graph.build({ opset: 13 })));
  return file;
}

for (const [format, matrix, range] of [
  ['yuv420p', 'bt709', 'tv'],
  ['yuv444p', 'smpte170m', 'pc'],
  ['yuv422p10le', 'bt2020nc', 'tv'],
  ['gray', null, 'pc'],
] as const) {
  test(`an RGB model keeps the colours of ${format} ${range}`, async () => {
    const chain = await chooseChain(2, await nearestRgb(), { kind: 'clean' });
    const layout = frameLayout(pixelFormats.get(format)!, 31, 27);
    await using upscaler = await openUpscaler(optionsFor(chain, layout, { matrix, range }));
    assert.equal(upscaler.colourPath, 'rgb');
    const frame = picture(layout, 2);
    const peak = 2 ** layout.format.bitDepth - 1;
    const colours = [0.4, 0.6, 0.3];
    // Chroma of one colour; luma with its picture, within what the range holds.
    layout.planes.forEach((_, p) => {
      const { data } = planeOf(frame.data, layout, p);
      if (p > 0) data.fill(Math.round(colours[p]! * peak));
    });
    const { frame: larger } = await upscaler.upscale(frame);
    const source = planeOf(frame.data, layout, 0);
    const luma = planeOf(larger.data, upscaler.layout, 0);
    for (let y = 0; y < luma.height; y++) {
      for (let x = 0; x < luma.width; x++) {
        const got = luma.data[y * luma.width + x]!;
        const want = source.data[(y >> 1) * source.width + (x >> 1)]!;
        assert.ok(Math.abs(got - want) <= 1, `luma ${x},${y}: ${got} for ${want}`);
      }
    }
    layout.planes.slice(1).forEach((_, i) => {
      const value = Math.round(colours[i + 1]! * peak);
      const plane = planeOf(larger.data, upscaler.layout, i + 1);
      assert.ok(plane.data.every((v) => Math.abs(v - value) <= 1));
    });
  });
}

test('what is no picture enlarger is refused in one sentence', async () => {
  const nhwc = new GraphBuilder('nhwc');
  nhwc.op('Identity', [nhwc.input('x', 'float32', ['n', 'h', 'w', 3])], {}, 'y');
  nhwc.output('y', 'float32', ['n', 'h', 'w', 3]);
  const classifier = new GraphBuilder('classifier');
  classifier.op(
    'GlobalAveragePool',
    [classifier.input('x', 'float32', ['n', 3, 'h', 'w'])],
    {},
    'y',
  );
  classifier.output('y', 'float32', ['n', 3, 1, 1]);
  const files: [string, Uint8Array, RegExp][] = [
    [
      'nhwc',
      encodeModel(nhwc.build()),
      /Expected one picture \[N, 1, H, W\].*but .*\[n, h, w, 3\].*channels-last/,
    ],
    [
      'classifier',
      encodeModel(classifier.build()),
      /whole number of times larger.*gives \[1, 3, 1, 1\]/,
    ],
    ['text', Buffer.from('this is no model'), /text\.onnx/],
  ];
  for (const [name, bytes, expected] of files) {
    const file = path.join(folder, `${name}.onnx`);
    await writeFile(file, bytes);
    await assert.rejects(loadModel(file), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'model');
      assert.match(error.message, expected);
      return true;
    });
  }
  await assert.rejects(loadModel(path.join(folder, 'none.onnx')), /Cannot read the model/);
});

test('a model that fails on the clip fails the frame, and says why', async () => {
  const graph = new GraphBuilder('one-size');
  const x = graph.input('x', 'float32', ['n', 1, 'h', 'w']);
  // Right for the trial's 64x48, and for nothing else.
  const flat = graph.op('Reshape', [x, graph.ints('shape', [1, 1, 48, 64])]);
  const wide = graph.op('Concat', [flat, flat, flat, flat], { axis: 1 });
  graph.op('DepthToSpace', [wide], { blocksize: 2 }, 'y');
  graph.output('y', 'float32', ['n', 1, 'h2', 'w2']);
  const file = path.join(folder, 'one-size.onnx');
  await writeFile(file, encodeModel(graph.build({ opset: 13 })));
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('gray')!, 80, 60);
  await using upscaler = await openUpscaler(optionsFor(chain, layout));
  // Whichever of the two threads comes to it first.
  for (let i = 0; i < 100; i++) {
    await assert.rejects(upscaler.upscale(picture(layout, i)), {
      code: 'model',
      message: /^The model failed while running: .*dimensions.*$/,
    });
  }
});

test('a provider that does not start is an error with advice, and auto takes one that does', async () => {
  const file = await foreignModel('provided');
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('gray')!, 32, 32);
  await using upscaler = await openUpscaler(
    optionsFor(chain, layout, { provider: { name: 'auto' } }),
  );
  assert.match(upscaler.provider, /^(cpu|(cuda|webgpu|coreml|dml):\d+)$/);
  if (process.platform === 'linux' && upscaler.provider === 'cpu') {
    const options = optionsFor(chain, layout, { provider: { name: 'cuda' } });
    await assert.rejects(openUpscaler(options), { code: 'provider', message: /vsr setup cuda/ });
  }
  await assert.rejects(openUpscaler(optionsFor(chain, layout, { precision: 'int8' })), {
    code: 'option',
  });
});
