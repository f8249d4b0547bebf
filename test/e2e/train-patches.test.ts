import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { loadModel } from '../../src/model/load/load-model.js';
import { listImages } from '../../src/training/pictures/list-images.js';
import type { TrainPlan } from '../../src/training/plan/plan.js';
import { train } from '../../src/training/trainer.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

const folder = temporaryFolder();
const pictures = path.join(folder, 'pictures');

before(async () => {
  await mkdir(pictures);
  for (let i = 0; i < 4; i++) await writeWaves(path.join(pictures, `${i}.png`), i);
});

/** A run of 20 steps that leaves values out at random; ends at its first validation if `broken`. */
async function weightsOf(work: string, { resume = false, broken = false, dropout = 0.3 } = {}) {
  const items = await listImages([pictures]);
  const plan: TrainPlan = {
    network: networkOf('patch-mlp', 1.5, { width: 24, dropout }),
    ...{ training: items.slice(1), validation: items.slice(0, 1), test: [] },
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    ...{ loss: 'mse', schedule: 'exponential', optimiser: 'rmsprop', rate: 1e-3 },
    ...{ batch: 8, patch: 10, steps: 20, seed: 2, averaged: 5, fit: 256 },
    ...{ validateEvery: 10, keep: 'last', workers: 1, windowBytes: 1e8, resume },
    out: path.join(folder, `${work}.onnx`),
    workFolder: path.join(folder, work),
    ...{ trainedOn: [], recipe: {} },
  };
  const stop = new AbortController();
  for await (const event of train(plan, stop.signal)) {
    if (event.kind === 'validated' && broken) stop.abort();
    if (event.kind === 'finished') return event.best;
  }
  throw new Error('the run did not finish');
}

test('a training with dropout goes on bit for bit, and dropout changes what is learned', async () => {
  const unbroken = await weightsOf('unbroken');
  await assert.rejects(weightsOf('stopped', { broken: true }), { code: 'interrupted' });
  assert.deepEqual(await weightsOf('stopped', { resume: true }), unbroken);
  assert.notDeepEqual(await weightsOf('without', { dropout: 0 }), unbroken);
});

test('vsr train makes networks on patches, and says what does not go together', async () => {
  const out = path.join(folder, 'clean-x1.onnx');
  const quick = [
    ...['--data', pictures, '--out', out, '--arch', 'patch-mlp', '--width', '32', '--steps', '20'],
    ...['--batch', '8', '--val-every', '20', '--workers', '1', '--average', '5'],
  ];
  const behind = ['--after', 'bicubic@1.5', '--noise', '6', '--charts', '0.2'];
  const made = await runVsr('train', ...quick, '-s', '1', '--patch', '15', ...behind);
  assert.equal(made.code, 0, made.stderr);
  const card = JSON.parse(await readFile(out.replace('.onnx', '.json'), 'utf8')) as ModelCard;
  assert.deepEqual([card.scale, card.input], [1, 'luma']);
  assert.deepEqual(card.after, { name: 'bicubic@1.5', scale: 1.5 });
  const model = await loadModel(out);
  assert.deepEqual([model.scale, model.reach?.align, model.precision], [1, 6, 'fp32']);
  // The recipe that it left makes the same again.
  const recipe = path.join(`${out}.train`, 'recipe.yaml');
  const again = path.join(folder, 'again-x1.onnx');
  const second = await runVsr(
    ...['train', '--recipe', recipe, '--out', again, '--work', path.join(folder, 'again')],
  );
  assert.equal(second.code, 0, second.stderr);
  const { recipe: settings } = JSON.parse(
    await readFile(again.replace('.onnx', '.json'), 'utf8'),
  ) as ModelCard;
  assert.deepEqual(settings, card.recipe);
  const weights = async (file: string) =>
    (await loadModel(file)).model.graph!.initializer!.map(({ rawData }) => rawData);
  assert.deepEqual(await weights(again), await weights(out));
  for (const [words, wanted] of [
    [['-s', '1'], /nothing to learn from pictures left as they are: give --noise/],
    [
      ['-s', '1.5', '--patch', '9'],
      /multiple of 2 for patch-mlp at 1.5x for --patch but received 9/,
    ],
    [['-s', '1', '--after', 'bicubic@1.3'], /Expected bicubic@ and one of 1\.5, 2, .* for --after/],
    [
      ['-s', '1', '--after', 'bicubic@1.5', '--degrade', 'blur'],
      /Expected bicubic for --degrade for a scale of 1 after bicubic@1\.5 but received "?blur/,
    ],
    [['-s', '1.5', '--degrade', 'codec'], /Expected bicubic for --degrade for a scale of 1.5/],
    [['-s', '3'], /Expected one of 1, 1.5, 2 for the scale of patch-mlp but received 3/],
    [['-s', '2', '--dropout', '1'], /from 0 to below 1/],
    [
      ['-s', '2', '--arch', 'espcn', '--dropout', '0.1'],
      /--width|--dropout changes nothing in espcn/,
    ],
    [
      ['-s', '2', '--degrade', 'codec', '--fields', '0.3'],
      /Expected codecs for --degrade for --fields but received "?codec/,
    ],
    [['-s', '2', '--arch', 'srcnn', '--fit', '10'], /ends in a dense layer for --arch for --fit/],
  ] as const) {
    const { code, stderr } = await runVsr('train', ...quick, '--overwrite', ...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, wanted);
  }
});
