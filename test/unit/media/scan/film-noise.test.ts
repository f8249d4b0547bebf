import assert from 'node:assert/strict';
import test from 'node:test';
import { measureFields } from '../../../../src/media/scan/field-measure.js';
import { findRuns } from '../../../../src/media/scan/find-runs.js';

const [width, height] = [192, 128];

/** Numbers from 0 to 1, the same in every run. */
let state = 5;
function random(): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) / 2 ** 23;
}

/** Noise with a standard deviation of about 8 % of all levels. */
const noise = (): number => 41 * (random() + random() + random() - 1.5);

/** A picture of film: soft shapes that move by three samples a picture. */
function picture(number: number, level: () => number): Uint8ClampedArray {
  const luma = new Uint8ClampedArray(width * height);
  for (let at = 0; at < luma.length; at++) {
    const [x, y] = [(at % width) + 3 * number, Math.floor(at / width)];
    luma[at] = 120 + 60 * Math.sin(x / 7) * Math.cos(y / 13) + level();
  }
  return luma;
}

test('the cadence of film is found in strong noise, of the film itself and of its copy', () => {
  /** The pictures that the two fields of the cadence's five frames show. */
  const spread = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3];
  const none = (): number => 0;
  for (const [grain, copied] of [
    [noise, none],
    [none, noise],
  ] as const) {
    const pictures = Array.from({ length: 40 }, (_, i) => picture(i, grain));
    const frames = Array.from({ length: 45 }, (_, i) => {
      const luma = new Uint8ClampedArray(width * height);
      for (let at = 0; at < luma.length; at++) {
        const field = Math.floor(at / width) % 2;
        const from = 4 * Math.floor(i / 5) + spread[2 * (i % 5) + field]!;
        luma[at] = pictures[from]![at]! + copied();
      }
      return new Uint8Array(luma.buffer);
    });
    const steps = frames.map((frame, i) =>
      i === 0 ? null : { measure: measureFields(frame, frames[i - 1]!, width, height), ticks: 1 },
    );
    const { runs, combed } = findRuns(steps, height);
    assert.deepEqual(runs, [{ first: 0, kind: 'film', order: 'top', cadence: '3:2', place: 0 }]);
    assert.deepEqual(combed, []);
  }
});
