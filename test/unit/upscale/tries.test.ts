import assert from 'node:assert/strict';
import test from 'node:test';
import { deviceHangs } from '../../../src/enlarge/device-failure.js';
import { mayPass, passing, VsrError } from '../../../src/errors.js';
import { type TryAgain, withTries } from '../../../src/upscale/tries.js';

const disk = () => new VsrError('disk', 'The disk reports an error.');

/** How often work that always fails with `error` is done, and what is told. */
async function triesOf(error: Error, most: number) {
  const told: TryAgain[] = [];
  let count = 0;
  const work = (number: number): Promise<never> => {
    assert.equal(number, ++count);
    return Promise.reject(error);
  };
  const tell = (again: TryAgain): void => void told.push(again);
  const { signal } = new AbortController();
  await assert.rejects(withTries(most, work, { tell, signal }, 1), (thrown) => thrown === error);
  return { count, told };
}

test('a cause that may pass is tried again, with a word each time', async () => {
  const { count, told } = await triesOf(disk(), 3);
  assert.equal(count, 3);
  assert.deepEqual(
    told.map(({ next, of, waitSeconds }) => [next, of, waitSeconds]),
    [
      [2, 3, 0.001],
      [3, 3, 0.002],
    ],
  );
  assert.equal(told[0]!.why, 'The disk reports an error.');
  assert.equal((await triesOf(disk(), 1)).count, 1);
});

test('it is over once a try goes well', async () => {
  const tell = (): void => {};
  const { signal } = new AbortController();
  const work = (number: number) => (number < 3 ? Promise.reject(disk()) : Promise.resolve(number));
  assert.equal(await withTries(9, work, { tell, signal }, 1), 3);
});

test('damaged sources, wrong calls and mistakes are tried once', async () => {
  for (const error of [
    new VsrError('media', 'clip.mp4 is damaged.'),
    new VsrError('option', 'Expected another scale.'),
    new VsrError('provider', 'cuda does not start.'),
    new VsrError('interrupted', 'Interrupted.'),
    new TypeError('no'),
  ]) {
    assert.equal((await triesOf(error, 5)).count, 1, error.message);
  }
});

test('what hung and what was lost may pass, also as the cause of another error', () => {
  const hung = passing(new VsrError('media', 'ffmpeg hung.'));
  assert.ok(mayPass(hung));
  assert.ok(mayPass(new VsrError('media', 'The segment failed.', { cause: hung })));
  assert.ok(mayPass(deviceHangs({ name: 'cuda', device: 0 }, 1000)));
});

test('a stop while it waits ends it at once', async () => {
  const stop = new AbortController();
  const options = { tell: () => stop.abort(), signal: stop.signal };
  await assert.rejects(
    withTries(2, () => Promise.reject(disk()), options, 60_000),
    { code: 'interrupted' },
  );
});
