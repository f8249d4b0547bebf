import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as rest } from 'node:timers/promises';
import { framesOf } from '../support/counted-frames.js';
import { ffmpegRun } from '../support/enlarge.js';
import { startVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('vsr watch enlarges what has come, and what comes, once it has stopped growing', async () => {
  const folder = temporaryFolder();
  const inbox = path.join(folder, 'inbox');
  mkdirSync(inbox);
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=5:d=1'];
  const clip = [...scene, '-pix_fmt', 'yuv420p', '-c:v', 'ffv1'];
  await ffmpegRun(...clip, path.join(inbox, 'first.mkv'));
  const folderAndOptions = `${inbox}=scale=3,codec=ffv1`;
  const vsr = startVsr(['watch', folderAndOptions, '--queue-folder', path.join(folder, 'queue')]);
  after(() => vsr.child.kill('SIGKILL'));
  const [, first] = await vsr.until(/: done: (.*)$/m);
  // Half of it now, the rest later: half a clip must not be taken for one.
  await ffmpegRun(...clip, path.join(folder, 'second.mkv'));
  const whole = readFileSync(path.join(folder, 'second.mkv'));
  writeFileSync(path.join(inbox, 'second.mkv'), whole.subarray(0, whole.length >> 1));
  await rest(1500);
  writeFileSync(path.join(inbox, 'second.mkv'), whole);
  const [, , next] = await vsr.until(/: done: (.*)$[^]*: done: (.*)$/m);
  assert.deepEqual(
    [first, next].map((file) => path.basename(file!)),
    ['first.x3.mkv', 'second.x3.mkv'],
  );
  assert.equal(framesOf(path.join(inbox, 'second.x3.mkv')), 5);
  vsr.child.kill('SIGINT');
  assert.equal((await vsr.done).code, 130);
});
