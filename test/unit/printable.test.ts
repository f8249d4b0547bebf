import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { printable, printableJson, shellWord } from '../../src/printable.js';

test('what steers a terminal is written out, everything else stays', () => {
  assert.equal(printable('\x1b]0;x\x07\n\r\t\x7f\x9b'), '\\x1b]0;x\\x07\\n\\r\\t\\x7f\\x9b');
  assert.equal(printable('\u202egpm.exe\u2028\ufeff\ud800'), '\\u202egpm.exe\\u2028\\ufeff\\ud800');
  assert.equal(printable('\u{e0001}'), '\\u{e0001}');
  const words = 'größe 猫 👩‍👩‍👧 می‌خواهم — “x”';
  assert.equal(printable(words), words);
});

test('JSON is escaped without a change of what it says; infinity is "inf"', () => {
  const value = { 'a\x9b': ['\x1b\u202e\u{e0001}\n', Infinity, '猫'] };
  const text = printableJson(value);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.deepEqual(JSON.parse(text), { 'a\x9b': ['\x1b\u202e\u{e0001}\n', 'inf', '猫'] });
});

test('plain names stay as they are', () => {
  for (const name of ['clip.mp4', 'tapes/Gänge-1.mkv', 'redis://nas:6379', '片.mp4']) {
    assert.equal(shellWord(name), name);
  }
});

test('whatever is in a name, a shell reads it as that name, and a terminal is not steered', (t) => {
  const names = [
    'a b.mp4',
    '$(touch pwned)',
    '`touch pwned`; rm -rf x',
    'it\'s "so" \\ $HOME ~ * ?',
    'line\nbreak\ttab\rend',
    '\x1b[31mred\x07',
    "both ' and \x1b and \\n",
    'to the left \u202e4pm.\u2066',
    'beyond \u{e0001}the plane',
    '',
  ];
  for (const name of names) {
    const word = shellWord(name);
    assert.equal(printable(word), word);
    const { error, stdout } = spawnSync('bash', ['-c', `printf %s ${word}`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    if (error !== undefined) return t.skip('bash is not installed');
    assert.equal(stdout, name, word);
  }
});
