import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { readCheckpoint, writeCheckpoint } from '../../../../src/training/saved/checkpoint.js';
import {
  readMetrics,
  startMetrics,
  appendMetrics,
} from '../../../../src/training/saved/metrics-file.js';
import { initialState } from '../../../../src/training/optimiser/optimiser.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('a checkpoint read is the one written; a damaged one is refused', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'checkpoint.bin');
  const state = initialState(Float32Array.of(1, 2.5, -3));
  state.second.fill(1e-30);
  const facts = { arch: 'espcn', rate: 0.001 };
  const written = {
    ...{ facts, step: 7, windowStart: 3, windowStep: 5, bestPsnr: 31.5, bestStep: 6, state },
    best: Float32Array.of(4, 5, 6),
  };
  await writeCheckpoint(file, written);
  assert.deepEqual(await readCheckpoint(file), written);
  const moments = {
    first: Float32Array.of(1, 2, 3, 4, 5),
    second: Float32Array.of(6, 7, 8, 9, 0),
  };
  const expanded = { ...state, ...moments, pairs: Float32Array.of(5, 4, 3, 2, 1) };
  await writeCheckpoint(file, { ...written, state: expanded });
  assert.deepEqual(await readCheckpoint(file), { ...written, state: expanded });
  const judge = initialState(Float32Array.of(9, 8, 7, 6));
  judge.first.fill(0.5);
  await writeCheckpoint(file, { ...written, state: expanded, judge });
  assert.deepEqual(await readCheckpoint(file), { ...written, state: expanded, judge });
  await writeCheckpoint(file, { ...written, bestPsnr: -Infinity });
  assert.equal((await readCheckpoint(file)).bestPsnr, -Infinity, 'nothing validated yet');
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 3));
  await assert.rejects(
    readCheckpoint(file),
    (error) => error instanceof VsrError && /damaged/.test(error.message),
  );
  await assert.rejects(readCheckpoint(path.join(folder, 'none')), /no checkpoint to resume from/);
});

test('metrics after the step a run goes on from are dropped', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'metrics.csv');
  const row = {
    loss: 0.5,
    rate: 1e-3,
    psnr: NaN,
    ssim: NaN,
    bicubicPsnr: 1,
    bicubicSsim: 1,
    stepsPerSecond: 2,
    right: 0.75,
    whiteFlat: 1,
    whitePatches: 2,
  };
  await startMetrics(file, []);
  for (const step of [10, 20, 30]) await appendMetrics(file, { step, ...row });
  const kept = await readMetrics(file, 20);
  assert.deepEqual(
    kept.map(({ step }) => step),
    [10, 20],
  );
  assert.deepEqual(kept[0], { step: 10, ...row });
  assert.deepEqual(await readMetrics(path.join(folder, 'none.csv')), []);
});
