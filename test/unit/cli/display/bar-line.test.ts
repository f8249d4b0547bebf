import assert from 'node:assert/strict';
import test from 'node:test';
import stringWidth from 'string-width';
import { barLine, shortened } from '../../../../src/cli/display/bar-line.js';

const figures = ['112/250 frames', '0:23 left', '8.0 fps', '38.21 dB'];

test('a bar’s line has its share, its name and what is told, at any width', () => {
  const line = { share: 0.5, name: 'clip.mp4', figures };
  assert.equal(
    barLine(line, 79),
    '████████░░░░░░░░  50%  clip.mp4  112/250 frames, 0:23 left, 8.0 fps, 38.21 dB',
  );
  assert.equal(barLine(line, 60), '████████░░░░░░░░  50%  clip.mp4  112/250 frames, 0:23 left');
  for (let width = 1; width < 100; width++) {
    const text = barLine({ share: 1.2, name: '猫'.repeat(40), figures }, width);
    assert.ok(stringWidth(text) <= width, `${width}: ${text}`);
  }
});

test('a long name loses its middle', () => {
  assert.equal(shortened('abcdefghij', 10), 'abcdefghij');
  assert.equal(shortened('abcdefghijk', 10), 'abcd…ghijk');
});
