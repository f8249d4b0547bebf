import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { inPrecision } from '../../src/model/catalogue/in-precision.js';
import { equalised } from '../../src/model/networks/equalise.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { calibrationOf } from '../../src/model/networks/quantise.js';
import { openEnlarger } from '../../src/training/gradient/enlarge.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { startFrom } from '../../src/training/start-from.js';
import { weightsFromModel } from '../../src/training/saved/warm-start.js';
import { randomModel } from '../support/random-model.js';
import { writeWaves } from '../support/waves.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runVsr } from '../support/run-vsr.js';

const ort = await onnxRuntime();

const folder = temporaryFolder();
for (const arch of ['espcn-16', 'espcn-32', 'espcn', 'espcn-u32']) {
  test(`training sees the picture that the 8-bit ${arch} gives`, async () => {
    const [width, height] = [40, 36];
    const data = Uint8Array.from({ length: width * height }, (_, i) => 128 + 100 * Math.sin(i * i));
    const low = { data, width, height };
    const model = randomModel(arch, 2);
    const float = networkOf(arch, 2);
    const read = weightsFromModel(model, 'model', float, initialWeights(float, 1));
    const { steps, factors } = await calibrationOf(model, [{ plane: low, strength: 0 }]);
    const weights = equalised(float, read, factors);
    const network = { ...float, activationSteps: steps };
    const [seen] = await (await openEnlarger(network))([low], weights);
    const session = await ort.InferenceSession.create(buildInferenceModel(network, weights));
    const values = Float32Array.from(data, (value) => value / 255);
    const { y } = await session.run({
      x: new ort.Tensor('float32', values, [1, 1, height, width]),
    });
    const given = Uint8ClampedArray.from(y!.data as Float32Array, (value) => value * 255);
    const [floats] = await (await openEnlarger(float))([low], weights);
    const apart = (picture: Iterable<number>): number =>
      Array.from(picture).reduce((sum, value, i) => sum + (value - seen!.data[i]!) ** 2, 0);
    // Biases are rounded, too, and a sum on the edge between two codes falls either way.
    const share = apart(given) / apart(floats!.data);
    assert.ok(share < 0.5, `${share} of what rounding does`);
  });
}

test('training of a copy starts with channels nearer to each other, and with the same picture', async () => {
  const file = path.join(folder, 'float.onnx');
  await writeFile(file, randomModel('espcn-16', 2));
  const picture = path.join(folder, 'start.png');
  await writeWaves(picture, 1);
  const float = networkOf('espcn-16', 2);
  const options = {
    items: [{ file: picture, reduce: 1 }],
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    seed: 1,
  } as const;
  const plain = await startFrom(float, file, { ...options, int8: false });
  const copy = await startFrom(float, file, { ...options, int8: true });
  assert.notDeepEqual(copy.initial, plain.initial);
  const data = Uint8Array.from({ length: 40 * 36 }, (_, i) => 128 + 100 * Math.sin(i * i));
  const enlarge = await openEnlarger(float);
  const low = { data, width: 40, height: 36 };
  const [[before], [after]] = [
    await enlarge([low], plain.initial!),
    await enlarge([low], copy.initial!),
  ];
  before!.data.forEach((value, i) => {
    assert.ok(Math.abs(value - after!.data[i]!) <= 1, `sample ${i}`);
  });
});

test('vsr train --int8 makes the 8-bit copy that --precision int8 finds', async () => {
  const pictures = path.join(folder, 'pictures');
  await mkdir(pictures);
  for (let i = 0; i < 5; i++) await writeWaves(path.join(pictures, `${i}.png`), i);
  const train = (...words: string[]) =>
    runVsr(
      ...['train', '--data', pictures, '--depth', '3', '--batch', '4', '--patch', '12'],
      ...['--average', '20', '--workers', '1', '--quiet', ...words],
    );
  const float = path.join(folder, 'mine-x2.onnx');
  const copy = path.join(folder, 'mine-int8-x2.onnx');
  const first = await train('--out', float, '--steps', '40');
  assert.equal(first.code, 0, first.stderr);
  const none = await train('--out', copy, '--int8');
  assert.equal(none.code, 2);
  assert.match(none.stderr, /--int8 copies a trained model; name that with --from/);
  const deeper = await train('--out', copy, '--int8', '--from', float, '--depth', '4');
  assert.equal(deeper.code, 2, deeper.stderr);
  assert.match(deeper.stderr, /Expected a float model of 5 layers.*--from for --int8/);
  const second = await train(
    '--out',
    copy,
    '--int8',
    '--from',
    float,
    '--steps',
    '20',
    '--lr',
    '1e-4',
  );
  assert.equal(second.code, 0, second.stderr);
  const card = JSON.parse(
    await readFile(path.join(folder, 'mine-int8-x2.json'), 'utf8'),
  ) as ModelCard;
  const original = await chooseChain(2, float, { kind: 'clean' });
  assert.deepEqual(card.recipe['quantised'], { name: 'mine-x2', sha256: original.sha256s[0] });
  const coarse = await inPrecision(original, 'int8');
  assert.equal(coarse.passes[0]!.precision, 'int8');
  assert.equal(coarse.sha256s[0], card.sha256);
});
