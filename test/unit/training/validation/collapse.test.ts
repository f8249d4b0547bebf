import assert from 'node:assert/strict';
import test from 'node:test';
import { collapseWords, hasCollapsed } from '../../../../src/training/validation/collapse.js';

test('a training has collapsed where a validation is far below the best before it', () => {
  for (const [psnrs, wanted] of [
    [[], false],
    [[28], false],
    [[28, 27.5], false],
    [[28, 27.86, 26.48], true],
    [[26.48, 28, 27.2], false],
    // It came back.
    [[28, 26.48, 27.9], false],
    // Without validation pictures.
    [[NaN, NaN], false],
  ] as const) {
    assert.equal(hasCollapsed(psnrs), wanted, psnrs.join());
  }
});

test('the warning says what was lost and which options help', () => {
  const best = { step: 1000, psnr: 28.001 };
  assert.equal(
    collapseWords(best, 26.484, { rate: 7e-4, keep: 'last' }),
    'The network has lost what it had learnt: 26.48 dB, after 28.00 at step 1000. Steps that follow seldom bring it back; stop, and try a lower --lr than 0.0007, and --keep best, which writes the best weights and not the last.',
  );
  assert.match(collapseWords(best, 26.484, { rate: 7e-4, keep: 'best' }), /than 0\.0007\.$/);
});
