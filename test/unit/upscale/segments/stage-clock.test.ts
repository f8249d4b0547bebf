import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StageClock, timedItems } from '../../../../src/upscale/segments/stage-clock.js';

const threads = { inferenceMs: 1500, chromaMs: 20, scoresMs: 3 };

/** A clock that stands still, except that work moves it. */
function handClock() {
  let time = 1000;
  return {
    now: () => time,
    takes: (ms: number): Promise<void> => {
      time += ms;
      return Promise.resolve();
    },
  };
}

test('time within a stage counts once', async () => {
  const { now, takes } = handClock();
  const clock = new StageClock(now);
  await clock.time('wait', async () => {
    await clock.time('decode', () => takes(30));
    await clock.time('decode', () => takes(10));
    await takes(20);
  });
  await clock.time('encode', () => takes(5));
  const { decode, wait, encode, log, ...rest } = clock.seconds(threads);
  assert.deepEqual(rest, { inference: 1.5, chroma: 0.02, scores: 0.003 });
  assert.deepEqual(
    { decode, wait, encode, log },
    { decode: 0.04, wait: 0.02, encode: 0.005, log: 0 },
  );
});

test('items come through, and leaving early ends their source', async () => {
  const { now, takes } = handClock();
  const clock = new StageClock(now);
  let ended = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) {
        await takes(2);
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
  assert.equal(clock.seconds(threads).decode, 0.008);
});
