import assert from 'node:assert/strict';
import test from 'node:test';
import { splitWords } from '../../../../src/cli/upscale/split-words.js';

test('a text is split as a shell splits it, and nothing else is done to it', () => {
  for (const [text, words] of [
    ['', []],
    ['  a  b\tc ', ['a', 'b', 'c']],
    [`cp {output} "/mnt/two words/"`, ['cp', '{output}', '/mnt/two words/']],
    [`a'b c'd "" ''`, ['ab cd', '', '']],
    [`--title="it's here"`, [`--title=it's here`]],
    [`'say "hi"' "\\"hi\\""`, ['say "hi"', '"hi"']],
    ['two\\ words C:\\tools\\x.exe a\\\\b', ['two words', 'C:\\tools\\x.exe', 'a\\b']],
    ['$HOME `ls` a;b|c > d *', ['$HOME', '`ls`', 'a;b|c', '>', 'd', '*']],
    ['-x264-params "keyint=30:bframes=2"', ['-x264-params', 'keyint=30:bframes=2']],
  ] as const) {
    assert.deepEqual(splitWords(text, 'exec'), words, text);
  }
});

test('a quote that is not closed is refused', () => {
  for (const text of [`a "b`, `it's`, `"a\\"`]) {
    assert.throws(() => splitWords(text, 'exec'), {
      code: 'option',
      message: /quotes that are cl/,
    });
  }
});
