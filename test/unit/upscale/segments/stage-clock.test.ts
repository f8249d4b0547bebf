import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StageClock, timedItems } from '../../../../src/upscale/segments/stage-clock.js';

const threads = { inferenceMs: 1500, chromaMs: 20, scoresMs: 3 };
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('time within a stage counts once', async () => {
  const clock = new StageClock();
  const begun = performance.now();
  await clock.time('wait', async () => {
    await clock.time('decode', () => sleep(30));
    await clock.time('decode', () => sleep(10));
    await sleep(20);
  });
  await clock.time('encode', () => sleep(10));
  const whole = (performance.now() - begun) / 1000;
  const { decode, wait, encode, log, ...rest } = clock.seconds(threads);
  assert.deepEqual(rest, { inference: 1.5, chroma: 0.02, scores: 0.003 });
  assert.equal(log, 0);
  const sum = decode + wait + encode;
  assert.ok(Math.abs(sum - whole) < 0.005, `${sum} of ${whole}`);
  assert.ok(decode > wait && wait > encode, `${decode} ${wait} ${encode}`);
});

test('items come through, and leaving early ends their source', async () => {
  const clock = new StageClock();
  let ended = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) {
        await sleep(2);
        yield i;
      }
    } finally {
      ended = true;
    }
  }
  const seen: number[] = [];
  for await (const item of timedItems(clock, 'decode', source())) {
    seen.push(item);
    if (item === 3) break;
  }
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.ok(ended);
  assert.ok(clock.seconds(threads).decode > 0.005);
});
