import assert from 'node:assert/strict';
import test from 'node:test';
import { fromFrame, toFrame, type Samples } from '../../../../src/media/still/still-colour.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';

function layoutOf(name: string, width: number, height: number) {
  return frameLayout(pixelFormats.get(name)!, width, height);
}

function there(samples: Samples, name: string, width: number, height: number): Samples {
  const layout = layoutOf(name, width, height);
  const frame = new Uint8Array(layout.byteLength);
  toFrame(samples, frame, layout);
  return fromFrame(frame, layout, samples.channels, samples.peak === 255 ? 255 : 65535);
}

test('primaries have the values of JFIF', () => {
  const layout = layoutOf('yuv444p', 3, 1);
  const frame = new Uint8Array(layout.byteLength);
  const data = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255);
  toFrame({ data, channels: 3, peak: 255 }, frame, layout);
  assert.deepEqual([...frame], [76, 150, 29, 85, 44, 255, 255, 21, 107]);
});

test('8-bit RGB comes back to the last bit out of 10-bit planes', () => {
  const data = new Uint8Array(3 * 32 ** 3);
  let place = 0;
  for (let r = 0; r < 32; r++) {
    for (let g = 0; g < 32; g++) {
      for (let b = 0; b < 32; b++) {
        for (const v of [r, g, b]) data[place++] = Math.round((v * 255) / 31);
      }
    }
  }
  const back = there({ data, channels: 3, peak: 255 }, 'yuv444p10le', 256, 128);
  assert.deepEqual(back.data, data);
});

test('grey is itself, with and without alpha', () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(there({ data, channels: 1, peak: 255 }, 'gray', 256, 1).data, data);
  const layout = layoutOf('yuva444p10le', 128, 1);
  const frame = new Uint8Array(layout.byteLength);
  toFrame({ data, channels: 2, peak: 255 }, frame, layout);
  const chroma = new Uint16Array(frame.buffer, 256, 256);
  assert.ok(chroma.every((value) => value === 512));
  assert.deepEqual(fromFrame(frame, layout, 2, 255).data, data);
});

test('16-bit samples come back to 12 bit', () => {
  const data = Uint16Array.from({ length: 4096 }, (_, i) => i * 16 + 3);
  const back = there({ data, channels: 1, peak: 65535 }, 'gray12le', 4096, 1).data;
  assert.ok(data.every((value, i) => Math.abs(value - back[i]!) <= 8));
});
