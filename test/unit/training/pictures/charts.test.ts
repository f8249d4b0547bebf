import assert from 'node:assert/strict';
import test from 'node:test';
import { resizePlane } from '../../../../src/planes/resize.js';
import { randomAt } from '../../../../src/training/base/random.js';
import { chart } from '../../../../src/training/pictures/charts.js';
import { degrade } from '../../../../src/training/pictures/degrade.js';
import { firstPassOf } from '../../../../src/training/pictures/first-pass.js';
import { withCharts } from '../../../../src/training/pictures/list-images.js';
import { makePicture } from '../../../../src/training/pictures/picture-job.js';

test('charts hold clipped white and black, saturated colours and ramps, the same for the same place', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 8; i++) {
    const [red, green, blue] = chart(randomAt(1, i), 100, 3) as [never, never, never];
    const planes = [red, green, blue] as readonly { data: Uint8Array; width: number }[];
    assert.deepEqual(
      planes.map(({ data, width }) => [data.length, width]),
      Array(3).fill([192 * 192, 192]),
    );
    for (let at = 0; at < 192 * 192; at += 7) {
      seen.add(planes.map(({ data }) => data[at]).join());
    }
  }
  for (const colour of ['255,255,255', '0,0,0', '255,0,0', '0,255,0', '0,0,255', '255,0,255']) {
    assert.ok(seen.has(colour), colour);
  }
  assert.ok(seen.size > 100, 'no ramps');
  const dark = Array.from({ length: 40 }, (_, i) => i + 1).filter((i) =>
    seen.has(`${i},${i},${i}`),
  );
  assert.ok(dark.length > 30, `of 40 dark greys there are ${dark.join()}`);
  assert.deepEqual(chart(randomAt(5), 300, 1), chart(randomAt(5), 300, 1));
  assert.equal(chart(randomAt(5), 300, 1)[0]!.width, 300);
});

test('charts are the share of the pictures that was asked for, and are degraded as others are', async () => {
  const items = Array.from({ length: 9 }, (_, i) => ({ file: `${i}.png`, reduce: 1 }));
  assert.equal(withCharts(items, 0).length, 9);
  assert.equal(withCharts(items, 0.1).length, 10);
  assert.equal(withCharts(items, 0.5).filter(({ isChart }) => isChart).length, 9);
  const made = await makePicture({
    ...{ ...withCharts(items, 0.1)[9]!, scale: 2, colour: 'rgb', place: [1, 2, 3], least: 8 },
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
  });
  assert.ok('picture' in made);
  const { low, high } = made.picture;
  assert.deepEqual([low.length, low[0]!.width, high[0]!.width], [3, 96, 192]);
  assert.deepEqual([...low[1]!.data], [...resizePlane(high[1]!, 96, 96).data]);
});

test('behind plain bicubic the network is given what that makes, and noise comes last', async () => {
  const after = await firstPassOf('bicubic@1.5');
  const [picture] = chart(randomAt(4), 192, 1) as [never];
  const clean = { kind: 'bicubic', noise: 0, crf: [0, 0], after } as const;
  const { low, high } = await degrade(picture, 1, clean, randomAt(1));
  assert.deepEqual([low.width, high.width], [192, 192]);
  assert.deepEqual(low, resizePlane(resizePlane(high, 128, 128), 192, 192));
  const noisy = await degrade(picture, 1, { ...clean, noise: 4 }, randomAt(1));
  // Far from black and white, where noise is clipped to one side.
  const changes = Array.from(noisy.low.data, (value, i) => value - low.data[i]!).filter(
    (_, i) => low.data[i]! > 20 && low.data[i]! < 235,
  );
  assert.ok(changes.length > 5000);
  // Of what was enlarged with it, neighbours would have the same noise.
  const products = changes.slice(1).map((value, i) => value * changes[i]!);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  assert.ok(Math.abs(mean(products)) < 0.1 * mean(changes.map((value) => value ** 2)));
  for (const wrong of ['bicubic@1', 'bicubic@1.3', 'bicubic@9']) {
    await assert.rejects(firstPassOf(wrong), /bicubic@ and one of 1\.5, 2, 2\.5, 3, 3\.5, 4/);
  }
});
