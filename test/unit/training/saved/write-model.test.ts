import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import type { ModelCard } from '../../../../src/model/catalogue/card.js';
import { openModelPlaces } from '../../../../src/training/saved/write-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const model = path.join(temporaryFolder(), 'mine.onnx');
const cardFile = model.replace('.onnx', '.json');
const wish = { inputs: [], overwrite: false, otherName: 'with --out' };
const card = { name: 'mine', file: 'mine.onnx', sha256: 'ab' } as unknown as ModelCard;
const bytes = new Uint8Array([1, 2, 3]);

test('the model gets its name after its card, and a card without a model is replaced', async () => {
  const places = await openModelPlaces(model, wish);
  // What takes the model's name stops the writing after the card.
  await writeFile(model, 'another');
  await assert.rejects(places.write(bytes, card), /appeared while the model was being made/);
  assert.deepEqual(JSON.parse(await readFile(cardFile, 'utf8')), card);
  await assert.rejects(openModelPlaces(model, wish), VsrError);
  await rm(model);
  await (await openModelPlaces(model, wish)).write(bytes, { ...card, name: 'again' });
  assert.deepEqual(new Uint8Array(await readFile(model)), bytes);
  assert.equal((JSON.parse(await readFile(cardFile, 'utf8')) as ModelCard).name, 'again');
  await rm(model);
  for (const other of ['{"file":"mine.onnx"}', '{"file":"other.onnx","sha256":"ab"}', 'words']) {
    await writeFile(cardFile, other);
    await assert.rejects(openModelPlaces(model, wish), /exists, and the card would replace it/);
  }
  assert.ok(!existsSync(model));
});
