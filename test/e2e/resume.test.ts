import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { stat } from 'node:fs/promises';
import { openJob, type FaultJob } from '../faults/job.js';
import { segmentsDone, skip, startUpscale, until } from '../faults/vsr-process.js';
import type { Vsr } from '../support/run-vsr.js';

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(8);
});

async function interrupted(vsr: Vsr, output: string): Promise<void> {
  assert.ok(await until(vsr, () => segmentsDone(output).length > 1));
  vsr.child.kill('SIGTERM');
  assert.equal((await vsr.done).code, 130);
}

test(
  'an interrupted job: finished segments are not done again, another job is refused',
  { skip },
  async () => {
    const { args, output } = await job.fresh('resume');
    await interrupted(startUpscale(args), output);
    const first = `${output}.vsr-work/seg-00000.video`;
    const { mtimeMs } = await stat(first);

    const other = await startUpscale([...args, '--crf', '30']).done;
    assert.equal(other.code, 1);
    assert.match(other.stderr, /the setting encoderArgs has changed since.*--restart/);
    assert.equal((await stat(first)).mtimeMs, mtimeMs, 'nothing was touched');

    const vsr = startUpscale(args);
    await until(vsr, () => segmentsDone(output).length > 3);
    const again = await stat(first).catch(() => null);
    if (again !== null) assert.equal(again.mtimeMs, mtimeMs, 'the first segment was kept');
    assert.equal((await vsr.done).code, 0);
    await job.checkWhole(output);

    const skipped = await startUpscale(args).done;
    assert.equal(skipped.code, 0, 'what is finished is not done again');
  },
);

test('--restart throws finished segments away; --no-segments makes none', { skip }, async () => {
  const { args, output } = await job.fresh('restart');
  await interrupted(startUpscale(args), output);
  const restarted = startUpscale([...args, '--restart']);
  assert.ok(await until(restarted, () => segmentsDone(output).length === 0));
  assert.equal((await restarted.done).code, 0);
  await job.checkWhole(output);

  const whole = await job.fresh('uncut');
  const vsr = startUpscale([...whole.args, '--no-segments']);
  let most = 0;
  await until(vsr, () => {
    most = Math.max(most, segmentsDone(whole.output).length);
    return undefined;
  });
  assert.equal((await vsr.done).code, 0);
  assert.ok(most <= 1, `${most} segments`);
});

test('a second process on the same output says who holds it, and stops', { skip }, async () => {
  const { args, output } = await job.fresh('lock');
  const first = startUpscale(args);
  assert.ok(await until(first, () => segmentsDone(output).length > 0));
  // However long the second one takes to start, the first is not over by then.
  process.kill(first.pid, 'SIGSTOP');
  const second = await startUpscale(args).done.finally(() => process.kill(first.pid, 'SIGCONT'));
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`is being made by process ${first.pid} since`));
  assert.equal((await first.done).code, 0);
  await job.checkWhole(output);
});
