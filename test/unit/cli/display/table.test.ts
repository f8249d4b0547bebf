import assert from 'node:assert/strict';
import test from 'node:test';
import { formatTable } from '../../../../src/cli/display/table.js';

test('a table takes the room it needs, wide letters and signs counted as they are shown', () => {
  const table = formatTable(
    ['name', 'n'],
    [
      ['猫の映画', '1'],
      ['a\x1bb', '22'],
    ],
    {
      right: new Set([1]),
    },
  );
  assert.deepEqual(table.split('\n'), [
    'name       n',
    '--------  --',
    '猫の映画   1',
    'a\\x1bb    22',
  ]);
});

test('a table that is too wide wraps at words, then within them, and loses nothing', () => {
  const rows = [['one two three four', 'x'.repeat(30)]];
  const lines = formatTable(['a', 'b'], rows, { width: 32 }).split('\n');
  assert.ok(
    lines.every((line) => line.length <= 32),
    lines.join('\n'),
  );
  assert.equal(lines.join('').match(/x/g)?.length, 30);
  for (const word of ['one', 'two', 'three', 'four'])
    assert.ok(lines.some((l) => l.includes(word)));
});
