import assert from 'node:assert/strict';
import test from 'node:test';
import { complaintIn } from '../../../../src/media/damage/complaint.js';

test('errors of demuxers and decoders are complaints, with the stream that they name', () => {
  assert.deepEqual(complaintIn('[mov,mp4 @ 0x1] [error] stream 1, offset 0x4887: partial file'), {
    ...{ speaker: 'mov,mp4', text: 'stream 1, offset 0x4887: partial file', stream: 1 },
  });
  assert.equal(complaintIn('[error] Error while decoding stream #0:2: Invalid data')?.stream, 2);
  assert.equal(complaintIn('[ogg @ 0x1] [error] CRC mismatch!')?.speaker, 'ogg');
  assert.equal(complaintIn('[error] a.y4m: Invalid data found')?.speaker, null);
});

test('of warnings only those that tell of broken data are complaints', () => {
  assert.notEqual(
    complaintIn('[avi @ 0x1] [warning] Packet corrupt (stream = 1, dts = 88).'),
    null,
  );
  assert.equal(complaintIn('[warning] Guessed Channel Layout for Input Stream #0.1 : mono'), null);
  assert.equal(complaintIn('[h264 @ 0x1] [warning] Increasing reorder buffer to 2'), null);
});

test('what our own muxers and filters say is none, and no other line', () => {
  const dts = 'Application provided invalid, non monotonically increasing dts to muxer in stream 0';
  for (const line of [
    `[null @ 0x1] [error] ${dts}: 3 >= 3`,
    '[swscaler @ 0x1] [error] bad',
    '[info] corrupt',
    '0,  1,  1,  1,  12, 0xabcdef01',
  ]) {
    assert.equal(complaintIn(line), null, line);
  }
});

test('what a decoder says of a whole clip when it begins in the middle is none', () => {
  assert.equal(complaintIn('[h264 @ 0x1] [error] mmco: unref short failure'), null);
});

test('that our end of the pipe was closed tells nothing of the source', () => {
  assert.equal(complaintIn('[error] Error closing file pipe:1: Connection reset by peer'), null);
});
