import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import { mapOrdered } from '../../src/map-ordered.js';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield i;
  }
}

test('keeps the order and the bound', async () => {
  let running = 0;
  let most = 0;
  const work = async (i: number): Promise<number> => {
    most = Math.max(most, ++running);
    await sleep((7 - (i % 7)) * 2);
    running--;
    return i;
  };
  const seen: number[] = [];
  for await (const i of mapOrdered(numbers(40), 3, work)) seen.push(i);
  assert.deepEqual(
    seen,
    Array.from({ length: 40 }, (_, i) => i),
  );
  assert.equal(most, 3);
});

test('an error comes in its turn and leaves no work behind', async () => {
  let running = 0;
  const work = async (i: number): Promise<number> => {
    running++;
    await sleep(5);
    running--;
    if (i === 4) throw new Error('four');
    return i;
  };
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const i of mapOrdered(numbers(40), 4, work)) seen.push(i);
  }, /four/);
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.equal(running, 0);
});
