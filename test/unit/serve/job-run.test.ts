import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { workByCommand, type JobChange } from '../../../src/serve/queue/job-run.js';
import { noOptions, type Job } from '../../../src/serve/queue/job.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const job: Job = {
  ...{
    id: 'a',
    input: path.join(temporaryFolder(), 'none.mp4'),
    options: noOptions,
    state: 'waiting',
  },
  ...{ added: '', output: null, frames: 0, of: null, pixels: null, bytes: null, models: [] },
  ...{ notes: [], error: null, hasReport: false, size: null },
};

test('a run that is stopped as soon as it begins was interrupted, and did not fail', async () => {
  for (const ms of [0, 20]) {
    const changes: JobChange[] = [];
    const run = workByCommand([]).planJob(job, {
      change: (change) => changes.push(change),
      pace: () => {},
    });
    await new Promise((resolve) => setTimeout(resolve, ms));
    run.stop('leave');
    assert.equal(await run.ended, 'interrupted');
    assert.deepEqual(changes, []);
  }
});
