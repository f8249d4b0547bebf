import assert from 'node:assert/strict';
import test from 'node:test';
import { wrapLine } from '../../../../src/cli/display/wrap-line.js';

test('a line is wrapped between its words, and the rest indented', () => {
  assert.equal(wrapLine('  note: short', 20), '  note: short');
  assert.equal(
    wrapLine('  note: one two three four 猫猫猫猫猫猫 five', 22),
    ['  note: one two three', '    four 猫猫猫猫猫猫', '    five'].join('\n'),
  );
  assert.equal(
    wrapLine('ok    cpu   starts at once', 20, [], 12),
    ['ok    cpu   starts', '            at once'].join('\n'),
  );
});

test('what is copied from a terminal has no line end inside: long words, and names with spaces', () => {
  const long = `/tmp/${'x'.repeat(30)}.mp4`;
  assert.equal(
    wrapLine(`a.mp4: done, 10 frames: ${long}`, 20),
    ['a.mp4: done, 10', '  frames:', `  ${long}`].join('\n'),
  );
  const name = 'the summer by the sea.mp4';
  assert.equal(
    wrapLine(`a: There is no file /films/${name}. Try another.`, 24, ['sea', name]),
    ['a: There is no file', `  /films/${name}.`, '  Try another.'].join('\n'),
  );
});
