import assert from 'node:assert/strict';
import test from 'node:test';
import {
  FrameChooser,
  sharpness,
  type FrameChoice,
  type RgbFrame,
} from '../../../../src/training/extract/frame-choice.js';

/** A frame of one brightness with stripes of a strength. */
function frame(level: number, stripes = 0): RgbFrame {
  const [width, height] = [32, 18];
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 3) % width;
    data[i] = level + (x % 4 < 2 ? stripes : -stripes);
  }
  return { data, width, height };
}

function choose(choice: FrameChoice, frames: readonly RgbFrame[], rate = 25): number[] {
  const chooser = new FrameChooser(choice, rate);
  const kept = frames.map((one, i) => chooser.look(i, one)?.index);
  return [...kept, chooser.end()?.index].filter((index) => index !== undefined);
}

test('more contrast from sample to sample is sharper', () => {
  assert.ok(sharpness(frame(100, 20)) > sharpness(frame(100, 5)));
  assert.equal(sharpness(frame(100)), 0);
});

test('of every group the sharpest frame is kept', () => {
  const frames = [0, 9, 0, 0, 0, 7].map((stripes, i) =>
    frame(60 + 20 * Math.floor(i / 3), stripes),
  );
  assert.deepEqual(choose({ kind: 'every', frames: 3 }, frames), [1, 5]);
});

test('a rate keeps so many frames a second', () => {
  const frames = Array.from({ length: 50 }, (_, i) => frame(40 + 3 * i));
  assert.equal(choose({ kind: 'fps', rate: 2 }, frames, 25).length, 4);
});

test('scenes end where the picture changes at once; flashes are none', () => {
  const levels = [
    ...Array<number>(10).fill(60),
    200,
    ...Array<number>(9).fill(60),
    ...Array<number>(10).fill(150),
  ];
  const kept = choose(
    { kind: 'scenes' },
    levels.map((level, i) => frame(level, i === 25 ? 9 : 2)),
  );
  assert.ok(kept.includes(25));
  assert.ok(kept.length <= 4, kept.join());
});

test('a frame that shows what the last kept one shows is left out', () => {
  const chooser = new FrameChooser({ kind: 'every', frames: 2 }, 25);
  const kept = Array.from({ length: 10 }, (_, i) => chooser.look(i, frame(100)));
  assert.equal(kept.filter((one) => one !== undefined).length, 1);
  chooser.end();
  assert.equal(chooser.duplicates, 4);
});
