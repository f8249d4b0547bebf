import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { planeOf, type Frame } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../../src/planes/pixel-format.js';
import { openUpscaler, type Upscaled } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from '../support/picture.js';
import { random, writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
function copyOf(frame: Frame, index: number): Frame {
  const data = new Uint8Array(new SharedArrayBuffer(frame.data.length));
  data.set(frame.data);
  return { index, pts: index * 512, data };
}

/** Paints a rectangle of noise into plane `p`. */
function paint(
  frame: Frame,
  layout: FrameLayout,
  p: number,
  [x, y, width, height]: readonly [number, number, number, number],
  seed: number,
): void {
  const plane = planeOf(frame.data, layout, p);
  const next = random(seed);
  const peak = 2 ** layout.format.bitDepth - 1;
  for (let row = y; row < Math.min(plane.height, y + height); row++) {
    for (let column = x; column < Math.min(plane.width, x + width); column++) {
      plane.data[row * plane.width + column] = Math.round((next() + 0.5) * peak);
    }
  }
}

/**
 * A still picture, small changes at borders and corners, chroma alone, one sample, a cut, and back.
 */
function clip(layout: FrameLayout): Frame[] {
  const frames = [picture(layout, 0)];
  const follow = (change: (frame: Frame) => void): void => {
    const frame = copyOf(frames.at(-1)!, frames.length);
    change(frame);
    frames.push(frame);
  };
  const { width, height } = layout;
  follow(() => {});
  follow((frame) => paint(frame, layout, 0, [width >> 1, height >> 1, 1, 1], 1));
  follow((frame) => paint(frame, layout, 0, [0, 0, 9, 7], 2));
  follow((frame) => paint(frame, layout, 0, [width - 5, height - 3, 5, 3], 3));
  follow((frame) => {
    for (const x of [10, 60, 110]) paint(frame, layout, 0, [x, 20, 6, 60], x);
  });
  if (layout.planes.length > 1) {
    follow((frame) => paint(frame, layout, 1, [3, 4, 5, 6], 4));
    follow((frame) => paint(frame, layout, 2, [0, 0, 1, 1], 5));
  }
  frames.push(copyOf(picture(layout, 7), frames.length));
  follow(() => {});
  follow((frame) => paint(frame, layout, 0, [0, height >> 2, width, 8], 6));
  return frames;
}

for (const [arch, scale, passes, format, width, height] of [
  ['espcn-16', 2, 1, 'yuv420p', 201, 150],
  ['espcn-16', 2, 2, 'yuv444p10le', 150, 97],
  ['espcn', 3, 1, 'yuv422p', 160, 120],
  ['espcn-58k', 2, 1, 'yuva420p', 180, 110],
  ['espcn-u32', 2, 1, 'yuv420p', 201, 151],
  ['espcn-u32', 2, 2, 'yuv420p', 202, 150],
  ['u4', 2, 1, 'yuv420p', 204, 152],
] as const) {
  test(`${arch} x${scale}, ${passes} passes, ${format}: copying what did not change gives the same bits and scores`, async () => {
    const file = await writeRandomModel(folder, arch, scale);
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const chain = await chooseChain(scale ** passes, file, { kind: 'clean' });
    const frames = clip(layout);
    const run = async (reuse: boolean): Promise<Upscaled[]> => {
      await using upscaler = await openUpscaler(optionsFor(chain, layout, { scores: true, reuse }));
      return await Promise.all(frames.map((frame) => upscaler.upscale(frame)));
    };
    const [full, fast] = [await run(false), await run(true)];
    for (const [i, { frame, scores, reused }] of fast.entries()) {
      assert.deepEqual(frame, full[i]!.frame, `frame ${i}`);
      assert.deepEqual(scores, full[i]!.scores, `scores of frame ${i}`);
      assert.equal(full[i]!.reused, 0);
      assert.ok(reused >= 0 && reused <= 1);
    }
    assert.equal(fast[0]!.reused, 0);
    assert.equal(fast[1]!.reused, 1);
    assert.ok(fast[2]!.reused > 0.5);
  });
}

test('memory handed back early is not overwritten while the next frame copies from it', async () => {
  const file = await writeRandomModel(folder, 'espcn', 2);
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 320, 180);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  await using upscaler = await openUpscaler(optionsFor(chain, layout, { reuse: true }));
  const first = picture(layout, 0);
  const expected = (await upscaler.upscale(first)).frame.data.slice();
  const inFlight = Array.from({ length: 4 }, (_, i) => upscaler.upscale(copyOf(first, i + 1)));
  for (let i = 0; i < 12; i++) {
    const { frame } = await inFlight.shift()!;
    assert.deepEqual(frame.data.slice(), expected);
    upscaler.release(frame);
    inFlight.push(upscaler.upscale(copyOf(first, i + 5)));
  }
  await Promise.all(inFlight);
});
