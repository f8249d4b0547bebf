import assert from 'node:assert/strict';
import test from 'node:test';
import { joinComplaints } from '../../../../src/media/join/join-complaints.js';

test('what the source is known to cause is no news, and what the writing causes is', () => {
  const text = 'Packet mismatch 12 34';
  const { onLine, found } = joinComplaints([{ speaker: 'flv', text, stream: null }]);
  const lines = [
    '[h264 @ 0x1] [error] decode_slice_header error',
    '[info] Stream mapping:',
    '[flv @ 0x55] [error] Packet mismatch 99 77',
    '[matroska @ 0x2] [error] Application provided invalid, non monotonically increasing dts',
    '[matroska @ 0x2] [warning] Starting new cluster due to timestamp',
    '[mpegts @ 0x3] [warning] PES packet size mismatch',
  ];
  lines.forEach(onLine);
  assert.deepEqual(found, [
    'Application provided invalid, non monotonically increasing dts',
    'PES packet size mismatch',
  ]);
});
