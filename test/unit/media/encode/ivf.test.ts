import assert from 'node:assert/strict';
import test from 'node:test';
import { hasIvfForm, ivfFrameHeader, ivfHeader } from '../../../../src/media/encode/ivf.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';

test('the header names the layout, the size and the time base', () => {
  const bytes = Buffer.from(
    ivfHeader(pixelFormats.get('yuv420p10le')!, 1310, 734, { num: 1001, den: 30000 }),
  );
  assert.equal(bytes.length, 32);
  assert.equal(bytes.toString('latin1', 0, 4), 'DKIF');
  assert.equal(bytes.toString('latin1', 8, 12), 'Y3\x0b\x0a');
  assert.deepEqual([bytes.readUInt16LE(12), bytes.readUInt16LE(14)], [1310, 734]);
  assert.deepEqual([bytes.readUInt32LE(16), bytes.readUInt32LE(20)], [30000, 1001]);
});

test('times below zero keep their sign', () => {
  const bytes = Buffer.from(ivfFrameHeader(1234, -1024));
  assert.equal(bytes.readUInt32LE(0), 1234);
  assert.equal(bytes.readBigInt64LE(4), -1024n);
});

test('a side that 16 bits cannot hold is refused with what to do', () => {
  const format = pixelFormats.get('yuv420p')!;
  assert.throws(() => ivfHeader(format, 65536, 100, { num: 1, den: 25 }), {
    code: 'media',
    message: /at most 65535 samples a side but it would be 65536x100.*--scale/,
  });
});

test('only layouts that ffmpeg has no FourCC for lack a form', () => {
  const without = [...pixelFormats.values()].filter((format) => !hasIvfForm(format));
  assert.deepEqual(without.map(({ name }) => name).sort(), [
    ...['yuv440p10le', 'yuv440p12le', 'yuva420p12le', 'yuva422p12le', 'yuva444p12le'],
  ]);
});
