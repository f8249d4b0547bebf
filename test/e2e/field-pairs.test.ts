import assert from 'node:assert/strict';
import test from 'node:test';
import { psnr } from '../../src/metrics/psnr.js';
import type { Plane } from '../../src/planes/plane.js';
import { resizePlane } from '../../src/planes/resize.js';
import { randomAt } from '../../src/training/base/random.js';
import type { DrawnFields } from '../../src/training/coded/draw-coding.js';
import { fieldCount, fieldPair } from '../../src/training/coded/field-pair.js';
import { degrade, degradeFootage } from '../../src/training/pictures/degrade.js';

/** A smooth picture of one grey on the whole, so that its time can be read from it. */
function grey(value: number, width = 64, height = 48): Plane {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    return value + 6 * Math.sin((i % width) / 5) * Math.sin(Math.floor(i / width) / 6);
  });
  return { data, width, height };
}

/** Pictures that grow lighter by ten levels each; the high ones say so as well. */
function brightening() {
  const high = Array.from({ length: fieldCount }, (_, i) => grey(40 + 10 * i, 128, 96));
  return { high, low: high.map((plane) => resizePlane(plane, 64, 48)) };
}

const mean = ({ data }: Plane) =>
  Array.from(data).reduce((sum, value) => sum + value) / data.length;

const plain = { lowPass: false, coding: null } as const;

for (const order of ['top', 'bottom'] as const) {
  test(`of fields, ${order} first, a deinterlaced picture goes with the true one of its time`, async () => {
    const moving = brightening();
    const seen = new Set<number>();
    for (let seed = 0; seed < 24; seed++) {
      const drawn: DrawnFields = { order, rate: 'field', ...plain };
      const { low, high, strength, turns } = await fieldPair(moving, drawn, randomAt(seed));
      const time = moving.high.indexOf(high);
      seen.add(time);
      // Its own lines are exact. In the others, the deinterlacer errs by a field's time at most.
      const own = (order === 'top') === (time % 2 === 0) ? 0 : 1;
      for (let y = own; y < low.height; y += 2) {
        const row = (plane: Plane) => plane.data.subarray(y * 64, (y + 1) * 64);
        assert.deepEqual(row(low), row(moving.low[time]!), `line ${y} at time ${time}`);
      }
      assert.ok(Math.abs(mean(low) - mean(high)) < 5, `${mean(low)} for ${mean(high)}`);
      assert.equal(strength, 0.3);
      assert.equal(turns, 4);
    }
    // Both fields of the inner frames, none of the outer ones.
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      [2, 3, 4, 5, 6, 7],
    );
  });
}

test('at frame rate a picture of each frame is made, at the time of its first field', async () => {
  const moving = brightening();
  const times = new Set<number>();
  for (let seed = 0; seed < 12; seed++) {
    const drawn: DrawnFields = { order: 'bottom', rate: 'frame', ...plain };
    const { low, high } = await fieldPair(moving, drawn, randomAt(seed));
    times.add(moving.high.indexOf(high));
    assert.ok(Math.abs(mean(low) - mean(high)) < 5, `${mean(low)} for ${mean(high)}`);
  }
  assert.deepEqual(
    [...times].sort((a, b) => a - b),
    [2, 4, 6],
  );
});

test('coded fields are coded as fields, and count as more compressed than they are', async () => {
  const moving = brightening();
  for (const order of ['top', 'bottom'] as const) {
    const coding = { coder: 'mpeg2', quality: 4 } as const;
    const drawn: DrawnFields = { order, rate: 'field', lowPass: false, coding };
    const { low, high, strength } = await fieldPair(moving, drawn, randomAt(3));
    const dB = psnr(resizePlane(high, low.width, low.height), low, 8, 4);
    assert.ok(dB > 30, `${dB.toFixed(1)} dB with the ${order} field first`);
    // A quantiser of 4 is a step of 8: strength 0.4, and 0.3 for the fields; their squares add up.
    assert.ok(Math.abs(strength - 0.5) < 0.06, `strength ${strength}`);
  }
});

test('the share of fields is drawn of pictures and of footage; without it, none', async () => {
  const picture = grey(100, 256, 256);
  const frames = brightening().high;
  const settings = { kind: 'codecs', noise: 0, crf: [20, 20], clean: 1 } as const;
  for (const [fields, least, most] of [
    [0, 0, 0],
    [0.5, 3, 13],
    [1, 16, 16],
  ] as const) {
    let [stills, clips] = [0, 0];
    for (let seed = 0; seed < 16; seed++) {
      const how = { ...settings, fields };
      if ((await degrade(picture, 2, how, randomAt(seed))).turns === 4) stills++;
      if ((await degradeFootage(frames, 2, how, randomAt(seed))).turns === 4) clips++;
    }
    for (const count of [stills, clips]) {
      assert.ok(count >= least && count <= most, `${count} of 16 at ${fields}`);
    }
  }
});
