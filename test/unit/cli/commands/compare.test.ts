import assert from 'node:assert/strict';
import test from 'node:test';
import { compareCommand } from '../../../../src/cli/commands/compare.js';
import { VsrError } from '../../../../src/errors.js';

/** Calls that are wrong before any file is looked at, and what is said of each. */
const wrong: readonly [call: string, sentence: string][] = [
  [
    'a.png b.png --blind',
    'Expected --reference with --blind: the original that the page shows beside them.',
  ],
  [
    'a.png b.png --blind --reference r.png --mode side',
    'Expected either --blind or --mode, not both.',
  ],
  [
    'a.png b.png --blind --reference r.png --amplify 4',
    'Expected either --blind or --amplify, not both.',
  ],
  [
    'a.png b.png c.png',
    'Expected two clips or pictures but received three, which --blind alone takes.',
  ],
];

for (const [call, sentence] of wrong) {
  test(`compare ${call} is a wrong call`, async () => {
    await assert.rejects(
      compareCommand().parseAsync(call.split(' '), { from: 'user' }),
      (error) => error instanceof VsrError && error.code === 'option' && error.message === sentence,
    );
  });
}
