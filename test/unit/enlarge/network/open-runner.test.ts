import assert from 'node:assert/strict';
import test from 'node:test';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Runner } from '../../../../src/enlarge/network/luma-runner.js';
import { halfIsBetter } from '../../../../src/enlarge/network/open-runner.js';

const layout = frameLayout(pixelFormats.get('gray')!, 16, 8);
const larger = frameLayout(layout.format, 32, 16);
const rect = { x0: 0, y0: 0, x1: 16, y1: 8 };

let clock = 0;

/** Fills the picture with one value, in so many milliseconds of a clock of our own. */
function runner(ms: number, value: number): Runner {
  let into: Uint8Array | undefined;
  return {
    begin: (_, target) => (into = target),
    run() {
      clock += ms;
      into!.fill(value);
      return Promise.resolve();
    },
    finish: () => {},
  };
}

test('half precision is taken where it is faster and shows the same', async () => {
  const against = (half: Runner) =>
    halfIsBetter(runner(60, 100), half, { rect, layout, larger }, () => clock);
  assert.equal(await against(runner(1, 101)), true);
  assert.equal(await against(runner(57, 100)), false, 'it is hardly faster');
  assert.equal(await against(runner(1, 102)), false, 'two steps can be seen');
  assert.equal(await against(runner(120, 100)), false, 'it is slower');
  const failing = { ...runner(1, 100), run: () => Promise.reject(new Error('no f16')) };
  assert.equal(await against(failing), false, 'it does not run');
});
