import assert from 'node:assert/strict';
import test from 'node:test';
import { measureFields } from '../../../../src/media/scan/field-measure.js';
import { judgePlace, type FieldStep } from '../../../../src/media/scan/judge-place.js';

const [width, height] = [120, 96];

/** A picture with detail both ways, `time` steps into its motion. */
function picture(time: number): Uint8Array {
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = x - 1.5 * time;
      const bars = Math.sin(at / 3) + Math.sin((at + 2 * y) / 7) + Math.sin(y / 2.5 + at / 11);
      luma[y * width + x] = 128 + 35 * bars;
    }
  }
  return luma;
}

/** The even lines of one picture and the odd ones of another. */
function woven(top: number, bottom: number): Uint8Array {
  const luma = picture(top);
  const other = picture(bottom);
  for (let y = 1; y < height; y += 2) {
    luma.set(other.subarray(y * width, (y + 1) * width), y * width);
  }
  return luma;
}

/** Judges frames whose top and bottom fields are of the moments given. */
function judged(moments: readonly (readonly [number, number])[], ticks = () => 1) {
  const frames = moments.map(([top, bottom]) => woven(top, bottom));
  const steps = frames.slice(1).map((frame, i): FieldStep => ({
    measure: measureFields(frame, frames[i]!, width, height),
    ticks: ticks(),
  }));
  const { kind, order, cadence, repeats } = judgePlace(steps, height);
  return [kind, order, cadence, repeats];
}

const count = Array.from({ length: 40 }, (_, i) => i);

test('whole pictures are progressive', () => {
  assert.deepEqual(judged(count.map((i) => [2 * i, 2 * i])), ['progressive', null, null, null]);
});

test('fields with moments of their own are interlaced, and their order is found', () => {
  const top = judged(count.map((i) => [2 * i, 2 * i + 1]));
  assert.deepEqual(top, ['interlaced', 'top', null, null]);
  const bottom = judged(count.map((i) => [2 * i + 1, 2 * i]));
  assert.deepEqual(bottom, ['interlaced', 'bottom', null, null]);
});

/** The moments of film's fields: of each five frames, four pictures for 2, 3, 2 and 3 fields. */
function film(i: number): [number, number] {
  const first = 4 * Math.floor(i / 5);
  const [top, bottom] = [
    [0, 0],
    [1, 1],
    [1, 2],
    [2, 3],
    [3, 3],
  ][i % 5] as [number, number];
  return [2.5 * (first + top), 2.5 * (first + bottom)];
}

test('film in five frames for four pictures is found in both orders', () => {
  assert.deepEqual(judged(count.map(film)), ['telecine', 'top', '3:2', null]);
  const turned = count.map(film).map(([top, bottom]): [number, number] => [bottom, top]);
  assert.deepEqual(judged(turned), ['telecine', 'bottom', '3:2', null]);
});

test('pictures whose top field comes a frame before its bottom field are film, not video', () => {
  const late = count.map((i): [number, number] => [2 * i, 2 * (i - 1)]);
  assert.deepEqual(judged(late), ['telecine', 'bottom', '2:2', null]);
});

test('film and video in one place are mixed', () => {
  const both = count.map((i): [number, number] => (i < 20 ? film(i) : [2 * i, 2 * i + 1]));
  assert.deepEqual(judged(both), ['mixed', 'top', null, null]);
});

test('repeated frames, frames for three fields, and nothing at all are told apart', () => {
  const twice = judged(count.map((i) => [4 * (i >> 1), 4 * (i >> 1)]));
  assert.deepEqual(twice, ['repeats', null, null, 2]);
  let longer = false;
  const soft = judged(
    count.map((i) => [2 * i, 2 * i]),
    () => {
      longer = !longer;
      return longer ? 3 : 2;
    },
  );
  assert.deepEqual(soft, ['telecine', null, 'soft', null]);
  assert.deepEqual(judged(count.map(() => [5, 5])), ['still', null, null, null]);
});

test('sharp figures that change where they stand are not taken for video', () => {
  // As measured on ffmpeg's testsrc2 at 160x90: lines of the frame before fit badly one way only.
  const fits = [
    [17.6, 31.3, 44.0],
    [20.6, 25.8, 42.9],
    [21.5, 31.8, 44.5],
  ] as const;
  const steps = count.map((i) => {
    const [same, late, early] = fits[i % 3]!;
    const apart = same / 1.15;
    return { measure: { same, late, early, apart, top: 2.2, bottom: 2.4, moving: 0.05 }, ticks: 1 };
  });
  assert.equal(judgePlace(steps, 360).kind, 'unsure');
});

test('noise makes no progressive clip interlaced, and hides no interlaced one', () => {
  // Differences as measured on clips of 25 frames a second, those of one field being 10.
  const cases: readonly (readonly [string, number, number, number, string])[] = [
    ['testsrc2 of 160x120 with noise, progressive', 17, 18.8, 20.7, 'unsure'],
    ['the same after x264', 13.8, 18.9, 23, 'unsure'],
    ['testsrc2 of 352x288 with noise, progressive', 19.7, 23.6, 24.9, 'unsure'],
    ['testsrc2 of 320x180, progressive', 11.9, 26, 34.2, 'progressive'],
    ['testsrc2 of 352x288 at 60 a second, progressive', 12.9, 15.8, 26.7, 'unsure'],
    ['the same with noise', 18, 19.4, 25, 'unsure'],
    ['flowers that hardly move, interlaced', 10.7, 11.5, 24.6, 'interlaced'],
    ['a town seen from above in 1080i, interlaced', 16.5, 20.2, 35.8, 'interlaced'],
    ['a pan over slanted lines, interlaced', 24, 43, 61, 'interlaced'],
    ['a fractal with noise, interlaced', 18.3, 18.3, 22.6, 'interlaced'],
    ['testsrc2 of 720x576 with noise, interlaced', 22.8, 22.2, 27.4, 'interlaced'],
    ['testsrc2 of 720x576, interlaced', 31.5, 39, 76.5, 'interlaced'],
  ];
  for (const [what, same, late, early, kind] of cases) {
    const steps = count.map(() => ({
      measure: { same, late, early, apart: 10, top: 2.2, bottom: 2.4, moving: 0.1 },
      ticks: 1,
    }));
    assert.equal(judgePlace(steps, 288).kind, kind, what);
  }
});

test('of very small pictures no fields are told', () => {
  const frames = count.map((i) => woven(2 * i, 2 * i + 1));
  const steps = frames.slice(1).map((frame, i) => ({
    measure: measureFields(frame, frames[i]!, width, height),
    ticks: 1,
  }));
  assert.equal(judgePlace(steps, height).kind, 'interlaced');
  assert.deepEqual([judgePlace(steps, 48).kind, judgePlace(steps, 48).order], ['unsure', null]);
});

test('noise alone tells nothing, and is not called progressive', () => {
  let seed = 1;
  const noise = (): Uint8Array =>
    Uint8Array.from({ length: width * height }, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return 100 + ((seed >> 16) % 60);
    });
  const frames = count.map(noise);
  const steps = frames.slice(1).map((frame, i) => ({
    measure: measureFields(frame, frames[i]!, width, height),
    ticks: 1,
  }));
  assert.equal(judgePlace(steps, height).kind, 'unsure');
});
