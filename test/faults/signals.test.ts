import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import { isWhole, segmentsDone, skip, startedBy, startUpscale, until } from './vsr-process.js';

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(6);
});

for (const [signal, times] of [
  ['SIGINT', 1],
  ...(isWhole
    ? ([
        ['SIGTERM', 1],
        ['SIGHUP', 1],
      ] as const)
    : []),
  ['SIGINT', 2],
] as const) {
  test(
    `${signal}${times === 2 ? ' twice' : ''} ends vsr with 130 and leaves nothing half done`,
    { skip },
    async (t) => {
      const { args, output } = await job.fresh('signal');
      const vsr = startUpscale(args);
      const busy = await until(
        vsr,
        () => segmentsDone(output).length > 0 && startedBy(vsr.pid).length > 0,
      );
      assert.ok(busy, 'ffmpeg was at work');
      const at = performance.now();
      for (let i = 0; i < times; i++) vsr.child.kill(signal);
      const { code } = await vsr.done;
      t.diagnostic(`ended after ${Math.round(performance.now() - at)} ms`);
      assert.equal(code, 130);
      await job.checkNothing(output);
      await job.goOn(args, output);
      tried(t, times === 2 ? `${signal} twice` : signal);
    },
  );
}

test('SIGINT again and again while vsr ends still ends it with 130', { skip }, async (t) => {
  const { args, output } = await job.fresh('again');
  const vsr = startUpscale(args);
  assert.ok(await until(vsr, () => segmentsDone(output).length > 0), 'a segment was done');
  vsr.child.kill('SIGINT');
  await until(vsr, () => vsr.stderr().includes('Interrupted'));
  const again = setInterval(() => vsr.child.kill('SIGINT'), 1);
  const { code } = await vsr.done;
  clearInterval(again);
  assert.equal(code, 130);
  await job.checkNothing(output);
  await job.goOn(args, output);
  tried(t, 'SIGINT while ending');
});

test('a clock that jumps back changes nothing', { skip }, async (t) => {
  const { args, output } = await job.fresh('clock');
  const preload = `const now = Date.now, from = now();
    Date.now = () => (now() - from > 700 ? now() - 86400000 : now());`;
  const { code, stderr } = await startUpscale(args, { preload }).done;
  assert.equal(code, 0, stderr);
  await job.checkWhole(output);
  tried(t, 'clock that jumps back');
});
