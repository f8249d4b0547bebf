import assert from 'node:assert/strict';
import test from 'node:test';
import { NetworkShelf } from '../../../../src/queue/worker/network-shelf.js';
import type { JobContext } from '../../../../src/upscale/segments/job-context.js';
import type { OpenNetwork } from '../../../../src/upscale/segments/segment-tools.js';

/** As much of a job as decides which network it gets. */
function jobOf(job: string, provider: string, signal = new AbortController().signal): JobContext {
  const plan = { job, settings: { reuse: true, provider: { name: provider } } };
  return { plan, signal } as unknown as JobContext;
}

/** A shelf whose networks are names, and what was opened and closed, in order. */
function openShelf() {
  const log: string[] = [];
  const shelf = new NetworkShelf(({ plan, signal }) => {
    const name = `${plan.job} on ${plan.settings.provider.name}`;
    assert.equal(signal.aborted, false, 'the signal of one run does not close a kept network');
    log.push(`open ${name}`);
    const network = { upscaler: { name }, [Symbol.asyncDispose]: () => log.push(`close ${name}`) };
    return Promise.resolve(network as unknown as OpenNetwork);
  });
  return { shelf, log };
}

test('runs of one job get the same network, and another job closes it', async () => {
  const { shelf, log } = openShelf();
  for (const job of ['a', 'a', 'b']) {
    await using network = await shelf.lend(jobOf(job, 'cpu'));
    assert.ok(network.upscaler);
  }
  await shelf[Symbol.asyncDispose]();
  assert.deepEqual(log, ['open a on cpu', 'close a on cpu', 'open b on cpu', 'close b on cpu']);
});

test('a job whose device was lost is not lent the network of that device again', async () => {
  const { shelf, log } = openShelf();
  await (await shelf.lend(jobOf('a', 'cuda')))[Symbol.asyncDispose]();
  await (await shelf.lend(jobOf('a', 'cpu')))[Symbol.asyncDispose]();
  assert.deepEqual(log, ['open a on cuda', 'close a on cuda', 'open a on cpu']);
});

test('the network of a run that was aborted is closed, since it may be in the middle of a frame', async () => {
  const { shelf, log } = openShelf();
  const stop = new AbortController();
  const network = await shelf.lend(jobOf('a', 'cpu', stop.signal));
  stop.abort();
  await network[Symbol.asyncDispose]();
  await shelf.lend(jobOf('a', 'cpu'));
  assert.deepEqual(log, ['open a on cpu', 'close a on cpu', 'open a on cpu']);
});
