import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { queueName } from '../../src/queue/fingerprint.js';
import { payloadOf } from '../../src/queue/job/payload.js';
import { queueAddress } from '../../src/queue/redis/address.js';
import { QueueBook } from '../../src/queue/redis/book.js';
import { connectQueue, type QueueConnection } from '../../src/queue/redis/connection.js';
import { makeQueueJob, startCommand, type QueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/*
 * Workers that share nothing with the submitter but Redis and one address: no root, and temporary
 * folders of their own.
 */

const folder = temporaryFolder();
const temporary = path.join(folder, 'of-workers');
let redis: TestRedis;
let job: QueueJob;
let connection: QueueConnection;
let book: QueueBook;
/** The worker that takes clips from their submitters. */
let taker: Vsr;
const running: Vsr[] = [];

before(async () => {
  if (withoutRedis !== false) return;
  redis = await startRedis();
  job = await makeQueueJob(folder, 2);
  connection = await connectQueue(queueAddress({ url: redis.url }));
  book = new QueueBook(connection.redis);
  mkdirSync(temporary);
});
after(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await connection?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

async function worker(): Promise<Vsr> {
  const words = ['worker', '--queue', redis.url, '--workers', '1'];
  const started = startCommand(words, { env: { TMPDIR: temporary } });
  running.push(started);
  await started.until(/ready as/);
  return started;
}

function submit(output: string, ...more: string[]): Vsr {
  const place = ['upscale', job.clip, '-o', path.join(job.media, output), ...job.options];
  const run = startCommand([...place, '--queue', redis.url, ...more]);
  running.push(run);
  return run;
}

async function lastClip(): Promise<string> {
  return (await book.clips()).at(-1)!.id;
}

/** The tokens of all clips that are in the queue. */
async function tokens(): Promise<string[]> {
  const found = new Set<string>();
  for (const { id } of await book.fingerprints()) {
    for (const each of await connection.queue(queueName(id)).getJobs()) {
      const { share } = payloadOf(each.data);
      if (share !== null) found.add(share.token);
    }
  }
  return [...found];
}

const left = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('vsr-share-'));

/** Whether a worker is in the middle of a segment. */
const isMaking = (): boolean =>
  (readdirSync(temporary, { recursive: true }) as string[]).some((name) => /seg-\d/.test(name));

test(
  'two workers without a root make the bytes of one machine, though one is killed',
  { skip: withoutRedis },
  async () => {
    const victim = await worker();
    const run = submit('shared.mp4', '--share', '127.0.0.1');
    for (let i = 0; i < 6000 && !isMaking(); i++) await sleep(20);
    victim.child.kill('SIGKILL');
    await victim.done;
    assert.equal(left().length, 1, `a killed worker leaves its folder: ${victim.said()}`);
    taker = await worker();
    assert.equal((await run.done).code, 0, run.said());
    await job.checkSame('shared.mp4');
    assert.match(taker.said(), /segments? \d.* of @share:.*clip\.mp4: done/);
    assert.equal(left().length, 1, 'the next worker has removed it');
    const found = await tokens();
    assert.equal(found.length, 1);
    const status = await runVsr('queue', 'status', '--json', '--queue', redis.url);
    const all = [run, victim, taker].map(({ said }) => said()).join('\n') + status.stdout;
    assert.ok(!all.includes(found[0]!), 'the token is told to nobody');
    for (let i = 0; i < 500 && left().length > 0 && readdirSync(inside()).length > 1; i++)
      await sleep(20);
    assert.deepEqual(readdirSync(inside()), ['.vsr-owner.json'], 'nothing is kept of a clip done');
  },
);

const inside = (): string => path.join(temporary, left()[0]!);

test(
  'over TLS, though the submitter is killed in the middle and comes back',
  { skip: withoutRedis },
  async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=studio'],
      ...['-keyout', key!, '-out', cert!],
    ]);
    const tls = ['--share', '--share-cert', cert!, '--share-key', key!];
    const seen = taker.said().length;
    const first = submit('tls.mp4', ...tls);
    await taker.until(new RegExp(`^[^]{${seen}}[^]* segments? \\d`));
    first.child.kill('SIGKILL');
    await first.done;
    const clip = await lastClip();
    await sleep(1000);
    assert.equal(await book.state(clip), 'open', taker.said());
    const again = submit('tls.mp4', ...tls);
    assert.equal((await again.done).code, 0, again.said());
    assert.equal(await lastClip(), clip);
    assert.doesNotMatch(taker.said(), /failed/);
    await job.checkSame('tls.mp4');
  },
);

test(
  'Ctrl-C takes a clip that nobody else serves out of the queue',
  { skip: withoutRedis },
  async () => {
    await runVsr('queue', 'pause', '--queue', redis.url);
    const run = submit('left.mp4', '--share');
    await run.until(/0\/48 frames/);
    const clip = await lastClip();
    run.child.kill('SIGINT');
    assert.equal((await run.done).code, 130, run.said());
    assert.match(run.said(), /Serving at http:.* Ctrl-C takes the clips out of the queue/);
    assert.match(run.said(), /interrupted/);
    assert.equal(await book.state(clip), 'cancelled');
    const work = path.join(job.media, 'left.mp4.vsr-work');
    assert.ok(readdirSync(work).includes('plan.json'), 'what is done is kept');
    assert.equal(existsSync(path.join(work, 'lock')), false);
    const retried = await runVsr('queue', 'retry', clip, '--queue', redis.url);
    assert.match(retried.stderr, /Only the machine that submitted @share:.* serves it/);
    assert.equal(retried.code, 2);
    assert.ok(!readFileSync(path.join(work, 'plan.json'), 'utf8').includes('token'));
  },
);
