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

/** What `shell` gives a program for the first word after it. */
function readBy(shell: string, word: string): string | null {
  const asked = ['-c', `/usr/bin/env printf '%s|' ${word}`];
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { error, stdout } = spawnSync(shell, asked, { encoding: 'utf8', env });
  return error === undefined ? stdout : null;
}

const evil = [
  ...['a b.mp4', '$(touch pwned)', '`touch pwned`; rm -rf x', '', ' x ', '\\', "\\'", '\\\\x\\'],
  ...['it\'s "so" \\ $HOME ~ * ?', 'line\nbreak\ttab\rend', '\x1b[31mred\x07', '\x011'],
  ...["both ' and \x1b and \\n", 'to the left \u202e4pm.\u2066', 'beyond \u{e0001}the plane'],
  ...['=ls', '%self', '%1', '~', '~root', '{a,b}', '[a]', '^x', '!x!!', '#x', 'x=~', '--x', 'x(y)'],
  ...['-n\x1b', '100% \x1b%s', "\x1b'; touch pwned; '\x1b\\", '\n\nx'],
];

for (const shell of ['sh', 'bash', 'zsh', 'fish']) {
  test(`whatever is in a name, ${shell} reads it as that name, and a terminal is not steered`, (t) => {
    if (readBy(shell, 'x') === null) return t.skip(`${shell} is not installed`);
    for (const name of evil) {
      const word = shellWord(name);
      assert.equal(printable(word), word);
      assert.equal(readBy(shell, word), `${name}|`, word);
    }
    // There is no word for it that all shells read.
    if (shell === 'bash' || shell === 'zsh') {
      for (const name of ['x\x1b\n\n', '\n'])
        assert.equal(readBy(shell, shellWord(name)), `${name}|`);
    }
  });
}
