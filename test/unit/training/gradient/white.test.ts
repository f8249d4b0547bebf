import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { catalogue } from '../../../../src/model/catalogue/catalogue.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import { openSession } from '../../../../src/training/base/session.js';
import {
  chartDeviation,
  whiteCharts,
  whiteFigures,
} from '../../../../src/training/gradient/white.js';

/** Bicubic at twice the size, every sample then changed. */
function changed(planes: readonly Plane[], change: (value: number, channel: number) => number) {
  return planes.map((plane, c) => {
    const { data, ...size } = resizePlane(plane, 128, 128);
    return { ...size, data: Uint8Array.from(data, (value) => change(value, c)) };
  });
}

test('what turns white green, or black grey, is told apart from what leaves colours alone', () => {
  const figures = (change: (value: number, channel: number) => number) =>
    whiteFigures(whiteCharts.map((each) => chartDeviation(each, changed(each.planes, change), 2)));
  const limited = (value: number) => Math.max(0, Math.min(255, value));
  assert.deepEqual(
    figures((value) => value),
    {
      ...{ flat: 0, patches: 0, worst: 'white', stays: true },
    },
  );
  assert.equal(figures((value) => limited(value - 2)).stays, true);
  const green = figures((value, c) => (c === 1 ? value : limited(value - (value > 250 ? 4 : 0))));
  assert.deepEqual([green.flat, green.stays, green.worst], [4, false, 'white']);
  const grey = figures((value) => Math.max(4, value));
  assert.deepEqual([grey.flat, grey.patches, grey.stays], [4, 4, false]);
});

test('patches are measured in their middle alone', () => {
  const patch = whiteCharts.find(({ name }) => name === 'red within white')!;
  const larger = changed(patch.planes, (value) => value);
  for (const { data, width } of larger) {
    // Around the middle half of the patch, which is 20 samples each way here.
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      if (x < 54 || x >= 74 || y < 54 || y >= 74) data[i] = 99;
    }
  }
  assert.equal(chartDeviation(patch, larger, 2), 0);
  larger[2]!.data[54 * 128 + 54] = 9;
  assert.equal(chartDeviation(patch, larger, 2), 9);
});

test('white stays white in every model on RGB that ships, and its card says how nearly', async (t) => {
  const models = (await catalogue()).filter(({ card }) => card.input === 'rgb');
  if (models.length === 0) {
    t.skip('no model on RGB ships');
    return;
  }
  const { Tensor } = await onnxRuntime();
  for (const { name, file, card } of models) {
    const session = await openSession(await readFile(file));
    const deviations: number[] = [];
    for (const chart of whiteCharts) {
      const [{ width, height }] = chart.planes as readonly [Plane];
      const x = Float32Array.from(
        chart.planes.flatMap(({ data }) => [...data]),
        (v) => v / 255,
      );
      const input = new Tensor('float32', x, [1, 3, height, width]);
      const results = await session.run({ [session.inputNames[0]!]: input });
      const y = results[session.outputNames[0]!]!.data as Float32Array;
      const size = { width: width * card.scale, height: height * card.scale };
      const area = size.width * size.height;
      const planes = chart.planes.map((_, c) => ({
        ...size,
        data: Uint8Array.from(y.subarray(c * area, (c + 1) * area), (v) =>
          Math.max(0, Math.min(255, Math.round(v * 255))),
        ),
      }));
      deviations.push(chartDeviation(chart, planes, card.scale));
    }
    await session.release();
    const found = whiteFigures(deviations);
    assert.ok(found.stays, `${name}: ${JSON.stringify(found)}`);
    assert.equal(card.white?.stays, true, name);
    // The card's are the trainer's own graph, which adds up in another order.
    assert.ok(Math.abs(card.white.flat - found.flat) <= 1, `${name}: card ${card.white.flat}`);
  }
});
