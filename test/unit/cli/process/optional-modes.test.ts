import assert from 'node:assert/strict';
import test from 'node:test';
import { withModes } from '../../../../src/cli/process/optional-modes.js';

test('a word that is no mode is an input, and the option then means auto', () => {
  const call = ['upscale', '--deinterlace', 'clip.mp4'];
  assert.deepEqual(withModes(call), ['upscale', '--deinterlace=auto', 'clip.mp4']);
  const last = ['upscale', 'clip.mp4', '--deinterlace'];
  assert.deepEqual(withModes(last), ['upscale', 'clip.mp4', '--deinterlace=auto']);
  const before = ['upscale', '--deinterlace', '-s', '3', 'clip.mp4'];
  assert.deepEqual(withModes(before), ['upscale', '--deinterlace=auto', '-s', '3', 'clip.mp4']);
});

test('modes stay what they are, and so do names after --', () => {
  for (const call of [
    ['upscale', '--deinterlace', 'field', 'clip.mp4'],
    ['upscale', '--deinterlace=frame', 'clip.mp4'],
    ['upscale', '--', '--deinterlace', 'clip.mp4'],
  ]) {
    assert.deepEqual(withModes(call), call);
  }
});
