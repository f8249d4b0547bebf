import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../src/errors.js';
import { runProcess } from '../../../src/media/process.js';

const skip = process.platform === 'linux' ? false : 'looks into /proc, which Linux has';

test('a process that waits for ever is given up, with what it started', { skip }, async () => {
  const started = runProcess('/bin/sh', ['-c', 'sleep 1000; echo never'], { stallTimeoutMs: 300 });
  await assert.rejects(
    started,
    (error) => error instanceof VsrError && /\/bin\/sh hung/.test(error.message),
  );
});

test('one that works without a word is not', { skip }, async () => {
  const busy = 'const end = Date.now() + 1500; while (Date.now() < end); console.log("done")';
  const { stdout } = await runProcess(process.execPath, ['-e', busy], { stallTimeoutMs: 1000 });
  assert.equal(stdout, 'done\n');
});
