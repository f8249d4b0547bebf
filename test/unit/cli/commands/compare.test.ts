import assert from 'node:assert/strict';
import test from 'node:test';
import { compareCommand } from '../../../../src/cli/commands/compare.js';
import { VsrError } from '../../../../src/errors.js';

/** Calls that are wrong before any file is looked at, and what is said of each. */
const wrong: readonly [call: string, sentence: string, code?: 'media'][] = [
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
  ['a.png --reference r.png', 'Expected two clips or pictures with --reference but received one.'],
  ['a.png --blind', 'Expected two clips or pictures with --blind but received one.'],
  ['a.png --mode side', 'Expected two clips or pictures with --mode but received one.'],
  [
    'a.png b.png -m espcn-16-x2',
    'Expected one picture with --model, to be made smaller and enlarged again, but received two.',
  ],
  [
    'a.png b.png --blind --reference r.png --detail 3,4',
    'Expected either --blind or --detail, not both.',
  ],
  [
    'clip.mp4 -s 2',
    'Expected a picture to compare with its own enlargements but received clip.mp4 alone. Name two clips, or see vsr preview.',
    'media',
  ],
  [
    'a.png -o a.avi',
    'Expected a name ending in .html, .png, .jpg, .jpeg, .webp, .tif, .tiff for output but received "a.avi".',
  ],
  [
    'a.png b.png c.png',
    'Expected two clips or pictures but received three, which --blind alone takes.',
  ],
];

for (const [call, sentence, code = 'option'] of wrong) {
  test(`compare ${call} is a wrong call`, async () => {
    await assert.rejects(
      compareCommand().parseAsync(call.split(' '), { from: 'user' }),
      (error) => error instanceof VsrError && error.code === code && error.message === sentence,
    );
  });
}
