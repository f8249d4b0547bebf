import assert from 'node:assert/strict';
import test from 'node:test';
import { sharpChroma } from '../../../../src/enlarge/chroma/sharp-chroma.js';
import { planeOf } from '../../../../src/planes/frame.js';
import {
  frameLayout,
  pixelFormats,
  type FrameLayout,
} from '../../../../src/planes/pixel-format.js';
import type { ChromaSiting } from '../../../../src/planes/siting.js';
import { random } from '../../../support/random-model.js';

/** Where chroma lies within its pair of luma samples, by siting. */
const places: Readonly<Record<ChromaSiting, readonly [number, number]>> = {
  left: [0, 0.5],
  center: [0.5, 0.5],
  topleft: [0, 0],
  top: [0.5, 0],
  bottomleft: [0, 1],
  bottom: [0.5, 1],
};

type Picture = (x: number, y: number) => number;

/** Reads a plane in grey levels of 8 bits, mirrored beyond its border. */
function reader(data: Uint8Array, layout: FrameLayout, number: number): Picture {
  const { data: samples, width, height } = planeOf(data, layout, number);
  const mirror = (i: number, n: number): number => {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
  };
  const level = 2 ** (layout.format.bitDepth - 8);
  return (x, y) => samples[mirror(y, height) * width + mirror(x, width)]! / level;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const lanczos = (x: number): number => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0);
const linear = (x: number): number => Math.max(0, 1 - Math.abs(x));
const cubic = (value: number): number => {
  const x = Math.abs(value);
  if (x < 1) return 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
  return x < 2 ? -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2 : 0;
};

/** A picture between its samples. */
function sample(picture: Picture, kernel: (x: number) => number, x: number, y: number): number {
  let [sum, weights] = [0, 0];
  for (let j = Math.floor(y) - 3; j <= Math.floor(y) + 4; j++) {
    for (let i = Math.floor(x) - 3; i <= Math.floor(x) + 4; i++) {
      const weight = kernel(x - i) * kernel(y - j);
      if (weight === 0) continue;
      sum += weight * picture(i, j);
      weights += weight;
    }
  }
  return sum / weights;
}

/** The formula as it is written down, sample by sample. */
function expected(
  frame: Uint8Array,
  layout: FrameLayout,
  scale: number,
  siting: ChromaSiting,
  number: number,
  guided: boolean,
): Picture {
  const { log2X, log2Y } = layout.format.chroma!;
  const [stepX, stepY] = [1 << log2X, 1 << log2Y];
  const [placeX, placeY] = [
    log2X === 1 ? places[siting][0] : 0,
    log2Y === 1 ? places[siting][1] : 0,
  ];
  const luma = reader(frame, layout, 0);
  const chroma = reader(frame, layout, number);
  const { width, height } = layout.planes[1]!;
  const tent = (step: number, place: number): [number, number][] =>
    step === 1
      ? [[0, 1]]
      : place === 0.5
        ? [
            [0, 0.5],
            [1, 0.5],
          ]
        : [
            [place - 1, 0.25],
            [place, 0.5],
            [place + 1, 0.25],
          ];
  const grid: Picture = (x, y) => {
    let sum = 0;
    for (const [j, v] of tent(stepY, placeY)) {
      for (const [i, w] of tent(stepX, placeX)) sum += v * w * luma(stepX * x + i, stepY * y + j);
    }
    return sum;
  };
  const mirror = (i: number, n: number): number => (i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i);
  const small: Picture = (x, y) => grid(mirror(x, width), mirror(y, height));
  const window = (value: Picture, x: number, y: number): number => {
    let sum = 0;
    for (let j = -1; j <= 1; j++) {
      for (let i = -1; i <= 1; i++)
        sum += (2 - Math.abs(i)) * (2 - Math.abs(j)) * value(x + i, y + j);
    }
    return sum / 16;
  };
  const slopeAt: Picture = (x, y) => {
    const [mean, own] = [window(small, x, y), window(chroma, x, y)];
    const varY = window((i, j) => small(i, j) ** 2, x, y) - mean ** 2;
    const varC = window((i, j) => chroma(i, j) ** 2, x, y) - own ** 2;
    const cov = window((i, j) => small(i, j) * chroma(i, j), x, y) - mean * own;
    return (cov / (varY + 16)) * (cov ** 2 / ((varY + 16) * (varC + 1))) ** 2;
  };
  const slope: Picture = (x, y) => slopeAt(mirror(x, width), mirror(y, height));
  return (X, Y) => {
    const [lumaX, lumaY] = [
      (stepX * X + placeX + 0.5) / scale - 0.5,
      (stepY * Y + placeY + 0.5) / scale - 0.5,
    ];
    const [x, y] = [(lumaX - placeX) / stepX, (lumaY - placeY) / stepY];
    const base = sample(chroma, lanczos, x, y);
    if (!guided) return base;
    const detail = sample(luma, cubic, lumaX, lumaY) - sample(small, cubic, x, y);
    let [low, high] = [Infinity, -Infinity];
    for (let j = -1; j <= 1; j++) {
      for (let i = -1; i <= 1; i++) {
        const near = chroma(Math.floor(X / scale) + i, Math.floor(Y / scale) + j);
        [low, high] = [Math.min(low, near), Math.max(high, near)];
      }
    }
    const value = base + sample(slope, linear, x, y) * detail;
    return Math.min(high + 2, Math.max(low - 2, value));
  };
}

/** A frame in which colours follow the luma in places. */
function pictureOf(layout: FrameLayout, seed: number): Uint8Array {
  const next = random(seed);
  const frame = new Uint8Array(layout.byteLength);
  const level = 2 ** (layout.format.bitDepth - 8);
  for (const number of [0, 1, 2]) {
    const { data, width } = planeOf(frame, layout, number);
    const step = number === 0 ? 1 : 1 << layout.format.chroma!.log2X;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [(i % width) * step, Math.floor(i / width) * step];
      const edge = Math.sin(x / 2.5 + y / 7) > 0 ? 60 : -60;
      data[i] = Math.round((120 + (number === 2 ? -1 : 1) * edge + 20 * next()) * level);
    }
  }
  return frame;
}

for (const [format, width, height, scale, siting] of [
  ['yuv420p', 38, 22, 2, 'left'],
  ['yuv420p', 37, 21, 2, 'center'],
  ['yuv420p10le', 30, 18, 3, 'topleft'],
  ['yuv422p12le', 26, 14, 2, 'left'],
  ['yuv420p', 22, 26, 4, 'bottom'],
  ['yuv440p', 20, 14, 2, 'bottomleft'],
  ['yuv444p', 18, 12, 2, 'left'],
  ['yuv420p', 2, 2, 2, 'top'],
] as const) {
  for (const guided of [true, false]) {
    const name = `${format} ${width}x${height}, ${scale}x, ${siting}, ${guided ? 'guided' : 'Lanczos'}`;
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const larger = frameLayout(layout.format, width * scale, height * scale);
    const frame = pictureOf(layout, 5);
    const enlarge = sharpChroma(layout, larger, scale, siting, guided);

    test(`${name}: the formula's values`, () => {
      const made = new Uint8Array(larger.byteLength);
      enlarge(frame, made);
      const level = 2 ** (layout.format.bitDepth - 8);
      for (const number of [1, 2]) {
        const value = expected(frame, layout, scale, siting, number, guided);
        const plane = planeOf(made, larger, number);
        for (let i = 0; i < plane.data.length; i++) {
          const [x, y] = [i % plane.width, Math.floor(i / plane.width)];
          const exact = Math.min(256 * level - 1, Math.max(0, value(x, y) * level));
          // Half a step of rounding, and what float32 rounds on the way.
          assert.ok(
            Math.abs(plane.data[i]! - exact) <= 0.5 + 2e-3 * level,
            `plane ${number} at ${x}, ${y}: ${plane.data[i]} for ${exact}`,
          );
        }
      }
    });

    test(`${name}: grey stays grey, and what is copied is what would be computed`, () => {
      const grey = frame.slice();
      for (const number of [1, 2]) {
        planeOf(grey, layout, number).data.fill(2 ** (layout.format.bitDepth - 1));
      }
      const made = new Uint8Array(larger.byteLength);
      enlarge(grey, made);
      for (const number of [1, 2]) {
        const middle = 2 ** (layout.format.bitDepth - 1);
        assert.ok(planeOf(made, larger, number).data.every((sample) => sample === middle));
      }
      const next = random(9);
      const before = new Uint8Array(larger.byteLength);
      enlarge(frame, before);
      for (let turn = 0; turn < 12; turn++) {
        const now = frame.slice();
        const plane = planeOf(now, layout, turn % 3);
        const at = Math.floor((next() + 0.5) * plane.data.length);
        plane.data[at] = (plane.data[at]! + 90) % 256;
        const [whole, part] = [
          new Uint8Array(larger.byteLength),
          new Uint8Array(larger.byteLength),
        ];
        enlarge(now, whole);
        enlarge(now, part, { input: frame, output: before });
        assert.deepEqual(part, whole, `turn ${turn}`);
      }
    });
  }
}
