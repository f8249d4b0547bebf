import test from 'node:test';
import assert from 'node:assert/strict';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { meanSquaredError, psnrOfMse } from '../../src/metrics/psnr.js';
import { planeOf } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import {
  canMeasureVmaf,
  openStackedMeter,
  vmafFilter,
} from '../../src/media/frames/stacked-meter.js';

const layout = frameLayout(pixelFormats.get('yuv420p')!, 48, 32);

function noisy(seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: layout.byteLength }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

test('a comparing filter gets each pair in step', async () => {
  // ffmpeg's psnr filter, whose figure is known, in place of one whose model may be missing.
  const filter = { name: 'psnr', pattern: /PSNR y:([\d.]+)/ };
  await using meter = openStackedMeter(await locateFfmpeg(), layout, filter);
  let sum = 0;
  for (let i = 0; i < 5; i++) {
    const [a, b] = [noisy(i + 1), noisy(i + 50)];
    sum += meanSquaredError(planeOf(a, layout, 0), planeOf(b, layout, 0));
    await meter.add(a, b);
  }
  assert.ok(Math.abs((await meter.finish()) - psnrOfMse(sum / 5)) < 0.001);
});

test('VMAF of equal frames is high, where this ffmpeg can measure it', async (t) => {
  const ffmpeg = await locateFfmpeg();
  if (!(await canMeasureVmaf(ffmpeg, layout))) {
    t.skip('this ffmpeg has no libvmaf, or not its model');
    return;
  }
  await using meter = openStackedMeter(ffmpeg, layout, vmafFilter);
  for (let i = 0; i < 5; i++) await meter.add(noisy(7), noisy(7));
  assert.ok((await meter.finish()) > 90);
});

test('both wordings of the score are understood', () => {
  for (const line of ['VMAF score = 91.25', '[Parsed_libvmaf_0 @ 0x1] VMAF score: 91.25']) {
    assert.equal(vmafFilter.pattern.exec(line)?.[1], '91.25');
  }
});
