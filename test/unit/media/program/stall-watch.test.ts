import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { workByPs } from '../../../../src/media/program/stall-watch.js';

const skip = process.platform === 'win32' ? 'there is no ps' : false;

/** A process that leads a group of its own and has run `text`. */
async function started(text: string) {
  const child = spawn(process.execPath, ['-e', text], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('ps tells a process that works from one that waits', { skip }, async () => {
  const waiting = await started("console.log('here'); process.stdin.resume()");
  const working = await started("console.log('here'); for (;;);");
  try {
    const before = [await workByPs(waiting.pid!), await workByPs(working.pid!)];
    assert.ok(before[0] !== null && before[1] !== null, 'both are seen');
    // Processor time is told in whole seconds: waited for until it grows, however busy the machine
    // is.
    while ((await workByPs(working.pid!)) === before[1]) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(await workByPs(waiting.pid!), before[0]);
  } finally {
    for (const child of [waiting, working]) child.kill('SIGKILL');
  }
  await once(waiting, 'close');
  assert.equal(await workByPs(waiting.pid!), null, 'one that has gone is not seen');
});
