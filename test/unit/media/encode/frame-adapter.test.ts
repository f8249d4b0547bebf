import assert from 'node:assert/strict';
import test from 'node:test';
import { frameAdapter, pipeFormat } from '../../../../src/media/encode/frame-adapter.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';

const format = (name: string) => pixelFormats.get(name)!;
const bytesOf = (values: Uint16Array) => new Uint8Array(values.buffer);

test('a frame that fits is handed on without a copy', () => {
  const layout = frameLayout(format('yuv420p'), 4, 2);
  const data = new Uint8Array(layout.byteLength);
  assert.equal(frameAdapter(layout, format('yuv420p'), 4, 2).adapt(data), data);
});

test('odd sizes grow by a repeated column and row in every plane', () => {
  const layout = frameLayout(format('yuv420p'), 3, 3);
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 21, 22, 23, 24);
  const adapted = frameAdapter(layout, format('yuv420p'), 4, 4).adapt(data);
  assert.deepEqual(
    [...adapted],
    [...[1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 7, 8, 9, 9], ...[11, 12, 13, 14, 21, 22, 23, 24]],
  );
});

test('opacity that is not encoded stays behind', () => {
  const layout = frameLayout(format('yuva444p'), 2, 1);
  const piped = pipeFormat(layout.format, format('yuv420p'));
  assert.equal(piped.name, 'yuv444p');
  const adapted = frameAdapter(layout, piped, 2, 1).adapt(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  assert.deepEqual([...adapted], [1, 2, 3, 4, 5, 6]);
});

test('grey becomes neutral colour where the encoder knows no grey', () => {
  const layout = frameLayout(format('gray10le'), 2, 2);
  const piped = pipeFormat(layout.format, format('yuv420p10le'));
  assert.equal(piped.name, 'yuv420p10le');
  const adapted = frameAdapter(layout, piped, 2, 2).adapt(bytesOf(Uint16Array.of(0, 1, 2, 1023)));
  const samples = new Uint16Array(adapted.buffer, adapted.byteOffset, 6);
  assert.deepEqual([...samples], [0, 1, 2, 1023, 512, 512]);
});

test('10-bit 4:4:0 travels as 4:4:4 by repeated chroma rows', () => {
  const layout = frameLayout(format('yuv440p10le'), 1, 2);
  const piped = pipeFormat(layout.format, format('yuv440p10le'));
  assert.equal(piped.name, 'yuv444p10le');
  const adapted = frameAdapter(layout, piped, 1, 2).adapt(bytesOf(Uint16Array.of(1, 2, 30, 40)));
  assert.deepEqual([...new Uint16Array(adapted.buffer, 0, 6)], [1, 2, 30, 30, 40, 40]);
});

test('12 bit with opacity is rounded to 10', () => {
  const layout = frameLayout(format('yuva444p12le'), 1, 1);
  const piped = pipeFormat(layout.format, format('yuva444p10le'));
  assert.equal(piped.name, 'yuva444p10le');
  const data = bytesOf(Uint16Array.of(4, 6, 4095, 2048));
  const adapted = frameAdapter(layout, piped, 1, 1).adapt(data);
  assert.deepEqual([...new Uint16Array(adapted.buffer, 0, 4)], [1, 2, 1023, 512]);
});
