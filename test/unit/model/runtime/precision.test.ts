import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import type { ModelCard } from '../../../../src/model/catalogue/card.js';
import { catalogue } from '../../../../src/model/catalogue/catalogue.js';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import {
  inCloseCopies,
  inPrecision,
  isClose,
  originalOf,
  quantisedName,
} from '../../../../src/model/catalogue/in-precision.js';
import type { SourceKind } from '../../../../src/model/catalogue/quality.js';
import { candidatesIn } from '../../../../src/model/runtime/precision.js';
import { quantiseModel } from '../../../../src/model/networks/quantise.js';
import { randomModel } from '../../../support/random-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const chosen = (scale: number, model = 'default', kind: SourceKind = 'clean') =>
  chooseChain(scale, model, { kind });

test('every 8-bit model of the catalogue was made of the model that is there, and is named for it', async () => {
  const entries = await catalogue();
  const copies = entries.filter(({ name }) => name.includes('-int8-'));
  assert.ok(copies.length > 0);
  for (const { name, card } of copies) {
    const original = originalOf(card);
    assert.ok(original !== null, `${name} does not say what it was made of`);
    assert.equal(quantisedName(original.name), name);
    const there = entries.find((entry) => entry.name === original.name);
    assert.equal(original.sha256, there?.card.sha256, `${name} is older than ${original.name}`);
    for (const [set, { psnr }] of Object.entries(card.figures)) {
      const before = there!.card.figures[set]!.psnr;
      assert.ok(psnr >= before - 0.05, `${name} loses ${(before - psnr).toFixed(3)} dB on ${set}`);
    }
  }
});

test('int8 runs the 8-bit copy of every pass, auto and fp32 the models themselves', async () => {
  for (const [scale, kind] of [
    [2, 'clean'],
    [2, 'deinterlaced'],
    [3, 'clean'],
    [4, 'compressed'],
    [6, 'clean'],
  ] as const) {
    const chain = await chosen(scale, 'default', kind);
    const quantised = await inPrecision(chain, 'int8');
    assert.equal(quantised.scale, scale);
    assert.deepEqual(quantised.names, chain.names.map(quantisedName));
    assert.ok(quantised.passes.every(({ precision }) => precision === 'int8'));
    assert.notDeepEqual(quantised.sha256s, chain.sha256s);
    assert.deepEqual((await inPrecision(chain, 'auto')).names, chain.names);
    assert.deepEqual((await inPrecision(chain, 'fp32')).names, chain.names);
    assert.deepEqual((await inPrecision(quantised, 'int8')).names, quantised.names);
  }
});

test('a copy stands in unasked if it is close on every benchmark that both were measured on', () => {
  const card = (...psnrs: readonly number[]) => {
    const figures = psnrs.map((psnr, i) => [`Set${i}`, { psnr, ssim: 1, bicubicPsnr: 1 }] as const);
    return { figures: Object.fromEntries(figures) } as unknown as ModelCard;
  };
  assert.equal(isClose(card(36.96, 32.7), card(37, 32.7)), true);
  assert.equal(isClose(card(37, 32.6), card(37, 32.7)), false);
  assert.equal(isClose(card(37), card(37, 32.7)), true);
  assert.equal(isClose(card(), card(37)), false, 'nothing was measured');
});

test('close copies run for every pass or for none', async () => {
  const both = await inCloseCopies(await chosen(6));
  assert.deepEqual(both.names, ['espcn-32-int8-x3', 'espcn-32-second-int8-x2']);
  assert.equal(both.scale, 6);
  const without = await chosen(2, 'espcn-x2');
  assert.equal(await inCloseCopies(without), without);
});

test('an 8-bit model is refused where floating point is asked for', async () => {
  await assert.rejects(inPrecision(await chosen(2, 'espcn-16-int8-x2'), 'fp32'), {
    code: 'option',
    message: /espcn-16-int8-x2 is an 8-bit one\. Its original is espcn-16-x2\./,
  });
});

test("a model file's 8-bit copy lies beside it, and must be its own", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'mine-x2.onnx');
  const bytes = randomModel('espcn-16', 2);
  await writeFile(file, bytes);
  const chain = await chosen(4, file);
  await assert.rejects(inPrecision(chain, 'int8'), {
    code: 'option',
    message: /mine-x2 has none\. These have one: .*espcn-16-x2.*\. vsr quantize makes them\./,
  });
  const seen = [{ data: new Uint8Array(64 * 64).map((_, i) => i), width: 64, height: 64 }];
  const facts = { of: chain.sha256s[0]! };
  const copy = path.join(folder, 'mine-int8-x2.onnx');
  await writeFile(copy, await quantiseModel(bytes, seen, facts));
  assert.deepEqual((await inPrecision(chain, 'int8')).names, ['mine-int8-x2', 'mine-int8-x2']);
  const other = path.join(folder, 'other-x2.onnx');
  await writeFile(other, randomModel('espcn-16', 2, 9));
  await copyFile(copy, path.join(folder, 'other-int8-x2.onnx'));
  await assert.rejects(inPrecision(await chosen(2, other), 'int8'), /belongs to another model/);
});

test('half precision is for devices, 8-bit networks for the processor', () => {
  assert.throws(() => candidatesIn('fp16', 'fp32', { name: 'cpu' }), {
    code: 'option',
    message: /on the CPU but received "fp16"\. Half precision is for GPUs\./,
  });
  assert.deepEqual(candidatesIn('fp16', 'fp32', { name: 'webgpu' }), [
    { name: 'webgpu', device: 0 },
  ]);
  assert.deepEqual(candidatesIn('auto', 'int8', { name: 'auto' }), [{ name: 'cpu', device: 0 }]);
  assert.deepEqual(candidatesIn('int8', 'int8', { name: 'webgpu' }), [
    { name: 'webgpu', device: 0 },
  ]);
});
