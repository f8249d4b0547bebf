import assert from 'node:assert/strict';
import test from 'node:test';
import { serveQueueOf } from '../../../../src/cli/queue/serve-queue.js';
import { queueVariables } from '../../../../src/queue/redis/address.js';
import { freePort } from '../../../support/redis.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('without --queue there is none, and what is about one is refused', async () => {
  assert.equal(await serveQueueOf({}), null);
  for (const flags of [{ root: ['m=/'] }, { jobs: 2 }, { queueCa: 'x' }]) {
    await assert.rejects(serveQueueOf(flags), {
      code: 'option',
      message: /^Expected --queue with/,
    });
  }
  await assert.rejects(serveQueueOf({ queue: 'redis://nas' }), {
    code: 'option',
    message: /^Expected --root with --queue/,
  });
});

test('a queue that is away at the start is tried again; its password is in no words', async () => {
  const folder = temporaryFolder();
  const url = `redis://:hush-hush@127.0.0.1:${await freePort()}`;
  const far = await serveQueueOf({ queue: url, root: [`m=${folder}`] });
  await using machines = far!.machines;
  assert.match(machines.view.problem!, /ECONNREFUSED.*: jobs wait, and go on once it is back\.$/);
  assert.deepEqual(far!.far.secrets, { [queueVariables.password]: 'hush-hush' });
  assert.doesNotMatch(JSON.stringify([far!.far.words, machines.view]), /hush/);
  assert.equal(far!.atOnce, 4);
  const held: boolean[] = [];
  machines.follow({ jobs: [], hold: (isHeld) => held.push(isHeld) });
  assert.deepEqual(held, [true]);
  await assert.rejects(machines.takeBack('0123456789ab'), {
    code: 'queue',
    message: /the clip stays there.*vsr queue cancel 0123456789ab\.$/,
  });
  await assert.rejects(machines.checkFolder('/'), { code: 'option', message: /files \/\* to lie/ });
});
