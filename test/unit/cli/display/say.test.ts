import assert from 'node:assert/strict';
import { test } from 'node:test';
import { say } from '../../../../src/cli/display/say.js';

/** What `say` writes to a terminal of `columns`, or to a pipe. */
function written(line: string, columns: number | null): string {
  const { stderr } = process;
  const names = ['isTTY', 'columns', 'write'] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(stderr, name));
  let text = '';
  const values = [columns !== null, columns ?? 0, (part: string) => (text += part) !== ''];
  names.forEach((name, i) =>
    Object.defineProperty(stderr, name, { value: values[i], configurable: true, writable: true }),
  );
  try {
    say(line);
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) Reflect.deleteProperty(stderr, name);
      else Object.defineProperty(stderr, name, before[i]);
    });
  }
  return text;
}

test('on a terminal a long line breaks between words, and a long path stays in one piece', () => {
  const path = `/films/${'long-name-'.repeat(4)}clip.mkv`;
  assert.equal(
    written(`  note: one two three four five ${path} six`, 30),
    `  note: one two three four\n    five\n    ${path}\n    six\n`,
  );
  assert.equal(written('  short line', 30), '  short line\n');
});

test('in a pipe every line stays one', () => {
  const line = `  note: ${'word '.repeat(60)}end`;
  assert.equal(written(line, null), `${line}\n`);
});
