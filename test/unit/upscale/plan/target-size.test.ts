import assert from 'node:assert/strict';
import test from 'node:test';
import { targetSize } from '../../../../src/upscale/plan/target-size.js';

test('named sizes are boxes that the picture fills with its aspect kept', () => {
  assert.deepEqual(targetSize('1080p', { width: 640, height: 360 }), { width: 1920, height: 1080 });
  assert.deepEqual(targetSize('1080p', { width: 640, height: 480 }), { width: 1440, height: 1080 });
  assert.deepEqual(targetSize('720p', { width: 640, height: 272 }), { width: 1280, height: 544 });
  assert.deepEqual(targetSize('4K', { width: 1920, height: 1080 }), { width: 3840, height: 2160 });
});

test('an upright picture turns a named box, not an explicit one', () => {
  assert.deepEqual(targetSize('720p', { width: 360, height: 640 }), { width: 720, height: 1280 });
  assert.deepEqual(targetSize('1280x720', { width: 360, height: 640 }), {
    width: 406,
    height: 720,
  });
});

test('nothing to enlarge, and texts that are no size, are refused', () => {
  assert.throws(
    () => targetSize('720p', { width: 1280, height: 720 }),
    /larger than the clip's 1280x720/,
  );
  for (const text of ['p', 'big', '0x10', '-5p', '10x']) {
    assert.throws(() => targetSize(text, { width: 4, height: 4 }), /Expected WIDTHxHEIGHT/, text);
  }
});
