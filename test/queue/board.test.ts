import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import { queueAddress } from '../../src/queue/redis/address.js';
import { connectQueue } from '../../src/queue/redis/connection.js';
import { makeQueueJob, startCommand } from '../support/queue-job.js';
import { startRedis, withoutRedis } from '../support/redis.js';
import type { Vsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Why the board cannot be shown here; `false` where its packages have been installed. */
const withoutBoard = ((): string | false => {
  try {
    createRequire(import.meta.url).resolve('@bull-board/fastify');
    return withoutRedis;
  } catch {
    return 'bull-board is not installed: npm install --no-save @bull-board/api@9.10 @bull-board/fastify@9.10';
  }
})();

type ShownQueue = {
  readonly name: string;
  readonly jobs: readonly { readonly id: string; readonly data: unknown }[];
};

/** What the board's own page asks it for. */
async function queues(page: string, query = ''): Promise<readonly ShownQueue[]> {
  const answer = await fetch(`${page}api/queues${query}`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { queues: readonly ShownQueue[] }).queues;
}

test(
  'the board shows the jobs of a clip, without its token, and changes none',
  { skip: withoutBoard },
  async () => {
    await using redis = await startRedis();
    const job = await makeQueueJob(temporaryFolder(), 2);
    const running: Vsr[] = [];
    const start = (...words: string[]): Vsr => {
      const started = startCommand([...words, '--queue', redis.url]);
      running.push(started);
      return started;
    };
    try {
      const output = path.join(job.media, 'shared.mp4');
      await start('upscale', job.clip, '-o', output, ...job.options, '--share').until(
        /queue as|segments|waits/i,
      );
      const board = start('queue', 'board', '--port', '0');
      const [, page] = await board.until(/at (http:\S+) until/);
      const html = await fetch(page!);
      assert.equal(html.status, 200);
      assert.match(await html.text(), /<title>Bull/i);
      const [first] = await queues(page!);
      const [shown] = await queues(page!, `?activeQueue=${first!.name}&status=prioritized&page=1`);
      assert.ok(shown!.jobs.length > 0, 'the segments of the clip are shown');
      const text = JSON.stringify(shown!.jobs);
      assert.match(text, /shared\.mp4/);
      await using connection = await connectQueue(queueAddress({ url: redis.url }));
      const kept = await connection.queue(shown!.name).getJobs(['prioritized']);
      const { token } = (kept[0]!.data as { share: { token: string } }).share;
      assert.match(token, /^[\w-]{43}$/);
      assert.ok(!text.includes(token), 'the token is not shown');
      const id = encodeURIComponent(shown!.jobs[0]!.id);
      const remove = `${page!}api/queues/${shown!.name}/${id}/clean`;
      assert.ok(!(await fetch(remove, { method: 'PUT' })).ok, 'no job can be removed');
      assert.equal(await kept[0]!.getState(), 'prioritized');
    } finally {
      for (const { child } of running) child.kill('SIGKILL');
    }
  },
);
