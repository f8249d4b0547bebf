import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { catalogue } from '../../../../src/model/catalogue/catalogue.js';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import { factorsOf, familyOf, reachableScales } from '../../../../src/model/catalogue/family.js';
import type { Quality, SourceKind } from '../../../../src/model/catalogue/quality.js';
import { writeRandomModel } from '../../../support/random-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('a scale is made of the fewest factors, the largest first', () => {
  assert.deepEqual(factorsOf(2, [2]), [2]);
  assert.deepEqual(factorsOf(4, [2]), [2, 2]);
  assert.deepEqual(factorsOf(4, [2, 4]), [4]);
  assert.deepEqual(factorsOf(12, [2, 3]), [3, 2, 2]);
  assert.equal(factorsOf(5, [2, 3]), null);
  assert.deepEqual(reachableScales([2, 3]), [2, 3, 4, 6, 8, 9, 12, 16]);
});

test('the family of a name is the name without its scale', () => {
  assert.equal(familyOf('espcn-16-codec-x2'), 'espcn-16-codec');
  assert.equal(familyOf('research/espcn-16-x2'), 'research/espcn-16');
});

test('an unknown model and an impossible scale list what there is', async () => {
  await assert.rejects(chooseChain(2, 'no-such-model', { kind: 'clean' }), {
    code: 'option',
    message: /received "no-such-model"\. The catalogue has: .*espcn-16-x2/,
  });
  await assert.rejects(chooseChain(7, 'default', { kind: 'clean' }), {
    code: 'option',
    message: /received 7\. Try one of: 2, /,
  });
  await assert.rejects(chooseChain(2, 'none.onnx', { kind: 'clean' }), {
    code: 'model',
    message: /none\.onnx does not exist/,
  });
});

test('a model file is run as often as the scale needs', async () => {
  const folder = temporaryFolder();
  const file = await writeRandomModel(folder, 'espcn', 2);
  const chain = await chooseChain(8, file, { kind: 'clean' });
  assert.equal(chain.scale, 8);
  assert.equal(chain.passes.length, 3);
  await assert.rejects(chooseChain(6, file, { kind: 'clean' }), /Try one of: 2, 4, 8, 16\./);
});

test('models separated by commas are the passes, in order, and must make the scale together', async () => {
  const folder = temporaryFolder();
  const file = await writeRandomModel(folder, 'espcn', 2);
  const chain = await chooseChain(6, `espcn-16-x3,${file}`, { kind: 'compressed' });
  assert.deepEqual(chain.names, ['espcn-16-x3', 'espcn-1-x2']);
  assert.equal(chain.scale, 6);
  await assert.rejects(chooseChain(4, `espcn-16-x3,${file}`, { kind: 'clean' }), {
    code: 'option',
    message: /espcn-16-x3 \(3\), espcn-1-x2 \(2\) enlarge 6 times\. Try --scale 6/,
  });
  // A pass is one model: a family is none.
  for (const missing of ['espcn-16', 'none.onnx', './none', '']) {
    await assert.rejects(chooseChain(4, `espcn-16-x2,${missing}`, { kind: 'clean' }), {
      code: missing.includes('none') ? 'model' : 'option',
      message: new RegExp(`but (received "${missing}"|${missing} does not exist)`),
    });
  }
});

test('after the first pass of a family run the models trained on what such a pass gives', async () => {
  const namesOf = async (
    scale: number,
    model: string,
    kind: SourceKind = 'clean',
    quality: Quality = 'normal',
  ) => (await chooseChain(scale, model, { kind, quality })).names;
  const [second, smaller] = ['espcn-32-second-x2', 'espcn-16-second-x2'];
  assert.deepEqual(await namesOf(2, 'default'), ['espcn-32-x2']);
  assert.deepEqual(await namesOf(4, 'default'), ['espcn-32-x2', second]);
  assert.deepEqual(await namesOf(4, 'espcn-32'), ['espcn-32-x2', second]);
  assert.deepEqual(await namesOf(4, 'espcn-16'), ['espcn-16-x2', smaller]);
  assert.deepEqual(await namesOf(4, 'default', 'clean', 'fast'), ['espcn-16-lite-x2', smaller]);
  assert.deepEqual(await namesOf(6, 'default', 'clean', 'fast'), ['espcn-16-x3', smaller]);
  assert.deepEqual(await namesOf(4, 'default', 'clean', 'max'), ['espcn-64-x2', second]);
  assert.deepEqual(await namesOf(8, 'default', 'compressed'), [
    ...['espcn-16-codec-x2', second, second],
  ]);
  assert.deepEqual(await namesOf(4, 'default', 'deinterlaced'), ['espcn-32-fields-x2', second]);
  assert.deepEqual(await namesOf(6, 'default'), ['espcn-32-x3', second]);
  // A model that is named makes all passes, and a family without such models runs as it is.
  assert.deepEqual(await namesOf(4, 'espcn-16-x2'), ['espcn-16-x2', 'espcn-16-x2']);
  assert.deepEqual(await namesOf(4, 'espcn'), ['espcn-x2', 'espcn-x2']);
});

test('a model for the second pass was trained on the output of the first one that ships', async () => {
  const entries = await catalogue();
  const seconds = entries.filter(({ card }) => card.after !== undefined);
  assert.deepEqual(
    seconds.map(({ name }) => name),
    [
      ...['espcn-16-second-int8-x2', 'espcn-16-second-x2'],
      ...['espcn-32-second-int8-x2', 'espcn-32-second-x2', 'research/patch-clean'],
    ],
  );
  for (const { name, card } of seconds) {
    // Plain bicubic is always the same.
    if (card.after!.name === 'bicubic@1.5') continue;
    const first = entries.find((entry) => entry.name === card.after!.name)!;
    assert.equal(card.after!.sha256, first.card.sha256, `${name} is older than ${first.name}`);
  }
});

test('the shipped catalogue has its default, and each model is what its card says', async () => {
  const entries = await catalogue();
  assert.ok(entries.some(({ name }) => name === 'espcn-16-x2'));
  for (const entry of entries) {
    const [model] = (await chooseChain(entry.scale, entry.name, { kind: 'clean' })).passes;
    assert.equal(model!.scale, entry.scale);
    assert.equal(model!.sha256, entry.card.sha256, entry.name);
  }
});

test('a folder without models has none, and a damaged card is named', async () => {
  const folder = temporaryFolder();
  assert.deepEqual(await catalogue(folder), []);
  await writeFile(path.join(folder, 'bad.json'), '{');
  await assert.rejects(catalogue(folder), { code: 'model', message: /bad\.json/ });
  // What is there and cannot be read is no catalogue without models.
  const message = /^Cannot read the models in .*bad\.json: .*ENOTDIR/;
  await assert.rejects(catalogue(path.join(folder, 'bad.json')), { code: 'model', message });
});
