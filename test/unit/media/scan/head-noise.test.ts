import assert from 'node:assert/strict';
import test from 'node:test';
import { HeadNoiseFinder } from '../../../../src/media/scan/head-noise.js';

const [width, height] = [192, 200];

/** Numbers from 0 to 1, the same in every run. */
let state = 7;
function random(): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) / 2 ** 23;
}
const texture = Float64Array.from({ length: 8192 }, random);

/** A soft wave, wider than the picture. */
const wide = 2 * width;
const wave = Uint8Array.from({ length: wide * height }, (_, at) => {
  const [x, y] = [at % wide, Math.floor(at / wide)];
  return 120 + 50 * Math.sin(x / 9 + y / 14) + 20 * Math.sin(y / 5);
});

/** The wave as it moves sideways, in frame `number`. */
function picture(number: number): Uint8Array {
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = y * wide + 2 * number;
    luma.set(wave.subarray(from, from + width), y * width);
  }
  return luma;
}

type Draw = (luma: Uint8Array, number: number) => void;

/** Sets each sample from line `first` on to a value between 30 and 220. */
const fill =
  (first: number, value: (x: number, y: number, number: number) => number | null): Draw =>
  (luma, number) => {
    for (let y = first; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const share = value(x, y, number);
        if (share !== null) luma[y * width + x] = 30 + 190 * share;
      }
    }
  };

/**
 * The lines of noise that are found in a clip on whose frames `draw` draws, if that many lines of
 * black stand below its picture.
 */
function found(draw: Draw, black = 0): number {
  const finder = new HeadNoiseFinder(width, height);
  for (let number = 0; number < 48; number += 6) {
    const [before, now] = [number, number + 1].map((each) => {
      const luma = picture(each);
      draw(luma, each);
      const moved = new Uint8Array(luma.length).map(() => 16 + 6 * random());
      moved.set(luma.subarray(black * width));
      return moved;
    });
    finder.add(now!, before!);
  }
  return finder.lines();
}

/** The value at a place of a texture in which some letters are bright. */
const letter = (x: number, y: number): number =>
  texture[((x >> 3) * 97) & 8191]! > 0.2 && texture[((x >> 1) * 13 + (y >> 1) * 7) & 8191]! > 0.5
    ? 1
    : 0;

test('lines at the bottom that differ like noise are found, also if mostly shifted', () => {
  assert.equal(found(fill(194, () => random())), 6);
  const shifted: Draw = (luma) => {
    const clean = luma.slice();
    for (let y = 192; y < height; y++) {
      const by = 12 + Math.floor(20 * random());
      for (let x = 0; x < width; x++) {
        const at = y * width + Math.max(0, x - by);
        luma[y * width + x] = Math.min(255, clean[at]! + 60 * random());
      }
    }
  };
  assert.equal(found(shifted), 8);
  // Black lines below are cut off with them, and none where there is no noise.
  for (const black of [2, 5, 16]) {
    assert.equal(
      found(
        fill(194, () => random()),
        black,
      ),
      6 + black,
    );
    assert.equal(found(shifted, black), 8 + black);
  }
});

test('no clean picture has any: water, grass, text that stands or runs, confetti, noise', () => {
  const clean: Record<string, Draw> = {
    nothing: () => {},
    'noise everywhere': (luma) => {
      luma.forEach((value, at) => (luma[at] = value + 40 * random() - 20));
    },
    waterfall: fill(140, (x, y, n) => texture[((y - 5 * n) * 37 + (x >> 1) * 7) & 8191]!),
    'the edge of water': fill(186, (x, y) =>
      y > 192 + 5 * Math.sin(x / 17) + 2 * Math.sin(x / 5) ? random() : null,
    ),
    grass: fill(
      170,
      (x, y, n) => texture[(y * 531 + x + Math.round(2 * Math.sin(n / 3 + y))) & 8191]!,
    ),
    'grass in a pan': fill(170, (x, y, n) => texture[(y * 531 + x + 5 * n) & 8191]!),
    subtitles: fill(180, (x, y) => (y < 192 && x > 30 && x < 160 && letter(x, y) === 1 ? 1 : null)),
    'a ticker': fill(192, (x, y, n) => letter(x + 4 * n, y)),
    'a slow ticker': fill(190, (x, y, n) => letter(x + n, y)),
    confetti: fill(0, (x, y, n) => {
      const cell = texture[((x >> 2) * 193 + (y >> 2) * 71 + n * 1009) & 8191]!;
      return cell > 0.9 ? (cell - 0.9) * 10 : null;
    }),
    'confetti on the floor': fill(164, (x, y, n) => {
      const cell = texture[((x >> 2) * 193 + (y >> 2) * 71 + n * 1009) & 8191]!;
      return cell > 0.7 ? (cell - 0.7) * 3 : null;
    }),
  };
  for (const [name, draw] of Object.entries(clean)) {
    for (const black of [0, 2, 8]) assert.equal(found(draw, black), 0, `${name}, ${black} black`);
  }
  // Nor where the picture fades to black below, as at night.
  const night: Draw = (luma) => {
    luma.forEach((value, at) => {
      const share = Math.min(1, Math.max(0, (height - 8 - at / width) / 60));
      luma[at] = 16 + (value - 16) * share;
    });
  };
  assert.equal(found(night), 0);
});

test('noise in a few frames, or in less than the whole width, is no head noise', () => {
  const all = fill(194, () => random());
  assert.equal(
    found((luma, number) => {
      if (number < 24) all(luma, number);
    }),
    0,
  );
  assert.equal(found(fill(194, (x) => (x < 120 ? random() : null))), 0);
});
