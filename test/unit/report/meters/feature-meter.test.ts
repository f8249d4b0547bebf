import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Tape } from '../../../../src/model/autodiff/tape.js';
import { readFeatures } from '../../../../src/model/features/feature-network.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import { featureDistance, FeatureMeter } from '../../../../src/report/meters/feature-meter.js';
import { pictureOfPlanes, type RgbPicture } from '../../../../src/report/rgb-picture.js';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { packageRoot } from '../../../../src/package-root.js';
import { lossOf } from '../../../../src/training/gradient/loss.js';
import { random } from '../../../support/random-model.js';

const ort = await onnxRuntime();

function noise(width: number, height: number, seed: number): RgbPicture {
  const next = random(seed);
  const data = Uint8Array.from({ length: 3 * width * height }, () => 128 + 250 * next());
  return { data, width, height };
}

/** Smooth shapes with edges, so that blur takes something away. */
function shapes(width: number, height: number): RgbPicture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (width / 4) ** 2;
    data.set([inside ? 220 : 40, 128 + 80 * Math.sin(x / 3), (x >> 3) % 2 === 0 ? 200 : 60], 3 * i);
  }
  return { data, width, height };
}

function blurred({ data, width, height }: RgbPicture, times: number): RgbPicture {
  let from = data;
  for (let time = 0; time < times; time++) {
    const to = new Uint8Array(from.length);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let c = 0; c < 3; c++) {
        let [sum, count] = [0, 0];
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++, count++) {
            sum += from[3 * (v * width + u) + c]!;
          }
        }
        to[3 * i + c] = Math.round(sum / count);
      }
    }
    from = to;
  }
  return { data: from, width, height };
}

/** Red, green and blue one after the other, in 0..1. */
function tensorOf({ data, width, height }: RgbPicture) {
  const size = width * height;
  const planes = Float32Array.from(
    { length: 3 * size },
    (_, i) => data[3 * (i % size) + Math.floor(i / size)]! / 255,
  );
  return new ort.Tensor('float32', planes, [1, 3, height, width]);
}

async function distance(meter: FeatureMeter, a: RgbPicture, b: RgbPicture): Promise<number> {
  const [left, right] = [await meter.looksOf(a), await meter.looksOf(b)];
  return featureDistance(left!, right!);
}

test('equal pictures are 0 apart, and more blur is further away, in colour and in grey', async () => {
  await using meter = await FeatureMeter.open();
  const grey = ({ data, width, height }: RgbPicture) =>
    pictureOfPlanes([{ data: data.filter((_, i) => i % 3 === 0), width, height }]);
  for (const kind of [(picture: RgbPicture) => picture, grey]) {
    const truth = shapes(96, 64);
    const far: number[] = [];
    for (const times of [0, 1, 2, 4]) {
      far.push(await distance(meter, kind(truth), kind(blurred(truth, times))));
    }
    assert.equal(far[0], 0);
    for (let i = 1; i < far.length; i++) assert.ok(far[i]! > far[i - 1]!, far.join());
  }
  assert.equal(await meter.looksOf(shapes(31, 64)), null);
  assert.notEqual(await meter.looksOf(shapes(32, 32)), null);
});

/** Two layers: a convolution without padding, and one that halves; weights as they are drawn. */
function tinyNetwork() {
  const graph = new GraphBuilder('tiny');
  const next = random(7);
  const drawn = (length: number) => Float32Array.from({ length }, next);
  const [first, second] = [drawn(4 * 3 * 9), drawn(5 * 4)];
  const w = graph.initializer('w', 'float32', [4, 3, 3, 3], first);
  const v = graph.initializer('v', 'float32', [5, 4, 1, 1], second);
  const x = graph.input('picture', 'float32', ['N', 3, 'H', 'W']);
  graph.op('Relu', [graph.op('Conv', [x, w], { kernel_shape: [3, 3] })], {}, 'near');
  // Strides take every second position each way.
  graph.op('Conv', ['near', v], { kernel_shape: [1, 1], strides: [2, 2] }, 'far');
  for (const name of ['near', 'far']) graph.output(name, 'float32', ['N', 'C', 'H', 'W']);
  return { bytes: encodeModel(graph.build()), first, second };
}

type Tiny = ReturnType<typeof tinyNetwork>;

/** The vectors of both layers of a picture, position by position, without the product's code. */
function vectors({ first, second }: Tiny, picture: RgbPicture): number[][][] {
  const near: number[][] = [];
  const far: number[][] = [];
  for (let y = 0; y < picture.height - 2; y++) {
    for (let x = 0; x < picture.width - 2; x++) {
      const vector = [0, 1, 2, 3].map((to) => {
        let sum = 0;
        for (let k = 0; k < 27; k++) {
          const [c, v, u] = [Math.floor(k / 9), Math.floor((k % 9) / 3), k % 3];
          const sample = picture.data[3 * ((y + v) * picture.width + x + u) + c]! / 255;
          sum += first[27 * to + k]! * sample;
        }
        return Math.max(0, sum);
      });
      near.push(vector);
      if (x % 2 === 1 || y % 2 === 1) continue;
      far.push(
        [0, 1, 2, 3, 4].map((to) =>
          vector.reduce((sum, value, i) => sum + second[4 * to + i]! * value, 0),
        ),
      );
    }
  }
  return [near, far];
}

function distanceByHand(tiny: Tiny, a: RgbPicture, b: RgbPicture): number {
  const unit = (vector: number[]) => {
    const length = Math.hypot(...vector);
    return vector.map((value) => (length === 0 ? 0 : value / length));
  };
  const others = vectors(tiny, b);
  const layers = vectors(tiny, a).map((positions, layer) => {
    const squares = positions.map((vector, p) => {
      const other = unit(others[layer]![p]!);
      return unit(vector).reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0);
    });
    return squares.reduce((sum, value) => sum + value, 0) / squares.length;
  });
  return layers.reduce((sum, value) => sum + value, 0);
}

test('the distance is what another implementation makes of a tiny network', async () => {
  const tiny = tinyNetwork();
  await using meter = await FeatureMeter.open(tiny.bytes);
  for (const [width, height] of [
    [33, 40],
    [41, 32],
  ] as const) {
    const [a, b] = [noise(width, height, 1), noise(width, height, 2)];
    const wanted = distanceByHand(tiny, a, b);
    const found = await distance(meter, a, b);
    assert.ok(wanted > 0.01, String(wanted));
    assert.ok(Math.abs(found - wanted) < 1e-5 * wanted, `${found}, not ${wanted}`);
  }
});

test('a picture larger than the network sees at once is compared in parts that cover it', async () => {
  const tiny = tinyNetwork();
  await using meter = await FeatureMeter.open(tiny.bytes);
  const truth = noise(1100, 33, 3);
  const whole = distanceByHand(tiny, truth, noise(1100, 33, 4));
  const found = await distance(meter, truth, noise(1100, 33, 4));
  assert.equal((await meter.looksOf(truth))!.parts, 2);
  assert.ok(Math.abs(found - whole) < 0.01 * whole, `${found}, not ${whole}`);
  // The last samples count as well.
  const changed = { ...truth, data: truth.data.slice() };
  changed.data.fill(0, changed.data.length - 30);
  assert.ok((await distance(meter, truth, changed)) > 0);
});

test('the loss "features" is the distance that is measured', async () => {
  await using meter = await FeatureMeter.open();
  const file = path.join(packageRoot(), 'models/features/squeezenet10.onnx');
  const network = readFeatures(readFileSync(file), file, []);
  const wanted = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `fire${n}`);
  const tape = new Tape(new GraphBuilder('loss'));
  const shape = [1, 3, 64, 72];
  const [a, b] = ['a', 'b'].map((name) => ({
    name: tape.graph.input(name, 'float32', shape),
    shape,
  }));
  const looks = { network: { ...network, outputs: wanted }, picture: <T>(value: T) => value };
  const loss = lossOf(tape, 'features', a!, b!, { looks });
  tape.graph.output(loss.name, 'float32', []);
  const session = await ort.InferenceSession.create(encodeModel(tape.graph.build()));
  const [truth, soft] = [shapes(72, 64), blurred(shapes(72, 64), 2)];
  const results = await session.run({ a: tensorOf(soft), b: tensorOf(truth) });
  await session.release();
  const measured = await distance(meter, soft, truth);
  const trained = Number(results[loss.name]!.data[0]);
  assert.ok(measured > 0.1 && Math.abs(trained / measured - 1) < 1e-3, `${trained}, ${measured}`);
});
