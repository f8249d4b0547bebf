import assert from 'node:assert/strict';
import test from 'node:test';
import { shareInterval, signTest } from '../../../../src/report/blind/sign-test.js';

/** By Pascal's triangle in whole numbers, which round nowhere. */
function exact(one: number, other: number): number {
  const all = one + other;
  let row = [1n];
  for (let i = 0; i < all; i++) row = [1n, ...row.slice(1).map((each, k) => each + row[k]!), 1n];
  const tail = row.slice(0, Math.min(one, other) + 1).reduce((sum, each) => sum + each, 0n);
  return Math.min(1, (2 * Number(tail)) / 2 ** all);
}

test('p-values are those of the exact binomial, both sides', () => {
  for (let one = 0; one <= 12; one++) {
    for (let other = 0; other <= 12; other++) {
      const expected = exact(one, other);
      const found = signTest(one, other);
      assert.ok(Math.abs(found - expected) < 1e-9, `${one}, ${other}: ${found}, ${expected}`);
    }
  }
  assert.ok(Math.abs(signTest(0, 8) - 2 / 256) < 1e-12);
  assert.ok(Math.abs(signTest(30, 60) / exact(30, 60) - 1) < 1e-9);
  assert.equal(signTest(0, 0), 1);
  // Two to the power of thousands is no number: by the normal curve, 0.0114 without, 0.0118 with
  // its correction of continuity.
  assert.ok(Math.abs(signTest(2420, 2600) - 0.0115) < 5e-4, String(signTest(2420, 2600)));
});

test('the interval of a share is Wilson’s', () => {
  const close = (found: { low: number; high: number }, low: number, high: number) =>
    assert.ok(
      Math.abs(found.low - low) < 1e-4 && Math.abs(found.high - high) < 1e-4,
      JSON.stringify(found),
    );
  close(shareInterval(5, 5), 0.2366, 0.7634);
  close(shareInterval(8, 0), 0.6756, 1);
  close(shareInterval(0, 8), 0, 0.3244);
  assert.deepEqual(shareInterval(0, 0), { low: 0, high: 1 });
});
