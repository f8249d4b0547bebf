import assert from 'node:assert/strict';
import test from 'node:test';
import {
  contestOutcome,
  contestWords,
} from '../../../../src/training/validation/contest-outcome.js';

test('a contest is decided by three validations in a row, and open otherwise', () => {
  for (const [shares, wanted] of [
    [[], null],
    [[0.99, 0.99], null],
    [[0.7, 0.99, 0.99, 1], 'won'],
    [[0.99, 0.99, 0.9], null],
    [[0.9, 0.51, 0.5, 0.52], 'lost'],
    [[0.5, 0.5, 0.6], null],
    [[NaN, NaN, NaN], null],
  ] as const) {
    assert.equal(contestOutcome(shares), wanted, shares.join());
  }
  assert.match(contestWords('won', 0.994), /^The discriminator has won: .* right on 99 % .*lower/);
  assert.match(contestWords('lost', 0.5), /^The discriminator has lost: .* guessing\. .*higher/);
});
