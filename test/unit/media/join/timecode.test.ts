import assert from 'node:assert/strict';
import test from 'node:test';
import { laterTimecode } from '../../../../src/media/join/timecode.js';

const ntsc = { num: 30000, den: 1001 };

test('a timecode moves by whole frames', () => {
  assert.equal(laterTimecode('01:02:03:04', 25, { num: 25, den: 1 }), '01:02:04:04');
  assert.equal(laterTimecode('01:02:03:04', 0, { num: 25, den: 1 }), '01:02:03:04');
  assert.equal(laterTimecode('23:59:59:24', 1, { num: 25, den: 1 }), '00:00:00:00');
  assert.equal(laterTimecode('00:00:59:29', 1, ntsc), '00:01:00:00', 'nothing is dropped');
});

test('drop-frame timecodes leave out what they leave out', () => {
  assert.equal(laterTimecode('00:00:59;29', 1, ntsc), '00:01:00;02');
  assert.equal(laterTimecode('00:09:59;29', 1, ntsc), '00:10:00;00');
  assert.equal(laterTimecode('00:00:00;00', 17_982, ntsc), '00:10:00;00');
  assert.equal(laterTimecode('00:00:00;00', 107_892, ntsc), '01:00:00;00');
  assert.equal(laterTimecode('00:01:59;59', 1, { num: 60000, den: 1001 }), '00:02:00;04');
  assert.equal(laterTimecode('01:08:29;17', 31, ntsc), '01:08:30;18');
});

test('what is no timecode is told', () => {
  assert.equal(laterTimecode('noon', 1, ntsc), null);
});
