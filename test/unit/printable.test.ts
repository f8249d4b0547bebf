import assert from 'node:assert/strict';
import test from 'node:test';
import { printable, printableJson } from '../../src/printable.js';

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
