import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { queueAddress, queueVariables } from '../../src/queue/redis/address.js';
import { QueueBook } from '../../src/queue/redis/book.js';
import { connectQueue } from '../../src/queue/redis/connection.js';
import { packageRoot } from '../../src/package-root.js';
import { makeQueueJob, startCommand, type QueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { freePort, startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/*
 * A queue as a careful studio keeps it: TLS with a certificate of its own, and a user with the
 * rights that docs/many-machines.md names. Its workers run in containers, where each has the same
 * process number.
 */

const folder = temporaryFolder();
const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [
  string,
  string,
];
const secret = { [queueVariables.password]: 'hush-hush' };
/** What begins a process as the first one of its own space of process numbers. */
const apart = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const withoutSpaces = spawnSync(apart[0]!, [...apart.slice(1), 'true']).status !== 0;
let redis: TestRedis;
let url: string;
let job: QueueJob;
const running: Vsr[] = [];

/** The rights that the page for users names, with `name` and `password` put in. */
function rights(password: string): string[] {
  const page = readFileSync(path.join(packageRoot(), 'docs', 'many-machines.md'), 'utf8');
  const [, line] = /`ACL SETUSER ([^`]+)`/.exec(page) ?? [];
  assert.ok(line, 'the page names the rights');
  return line.replace('>secret', `>${password}`).split(/\s+/);
}

before(async () => {
  if (withoutRedis !== false) return;
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=studio'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key];
  const user = ['--user', ...rights('hush-hush')];
  const words = [...tls, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no', ...user];
  redis = await startRedis({ words: [...words, '--user', 'default', 'off'] });
  url = `rediss://vsr@127.0.0.1:${port}`;
  job = await makeQueueJob(folder, 2);
});
after(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await redis?.[Symbol.asyncDispose]();
});

test(
  'two workers with one process number make the bytes of one machine, over TLS and with few rights',
  { skip: withoutRedis },
  async (t) => {
    if (withoutSpaces) t.diagnostic('no spaces of process numbers here: they have two');
    const there = ['--queue', url, '--queue-ca', cert, '--root', `m=${job.media}`];
    const workers = [1, 2].map(() =>
      startCommand(['worker', ...there, '--workers', '1'], {
        env: secret,
        by: withoutSpaces ? [] : apart,
      }),
    );
    running.push(...workers);
    const names = await Promise.all(workers.map((each) => each.until(/ready as (\S+)/)));
    if (!withoutSpaces) assert.deepEqual(new Set(names.map(([, name]) => name)).size, 1);
    const output = path.join(job.media, 'out.mp4');
    const run = startCommand(['upscale', job.clip, '-o', output, ...job.options, ...there], {
      env: secret,
    });
    running.push(run);
    await Promise.all(workers.map((each) => each.until(/segments? \d.*: done/)));
    assert.equal((await run.done).code, 0, run.said());
    await job.checkSame('out.mp4');
    const address = queueAddress({ url, caFile: cert }, { ...secret });
    await using connection = await connectQueue(address);
    assert.equal((await new QueueBook(connection.redis).workers(60_000)).length, 2);
    for (const [command, ...words] of [['FLUSHALL'], ['CONFIG', 'GET', '*'], ['KEYS', '*']]) {
      await assert.rejects(connection.redis.call(command!, ...words), /NOPERM/, command);
    }
    await assert.rejects(connection.redis.get('of others'), /NOPERM/);
  },
);

test('who is not let in is told what is missing', { skip: withoutRedis }, async () => {
  const address = (environment: NodeJS.ProcessEnv, caFile?: string) =>
    queueAddress({ url, caFile }, environment);
  const refused = [
    [
      address({ ...secret }),
      /self-signed certificate.* Name the certificate to trust with --queue-ca/,
    ],
    [address({}, cert), /(NOAUTH|WRONGPASS).* Name the password in VSR_QUEUE_PASSWORD/],
    [address({ [queueVariables.password]: 'wrong' }, cert), /WRONGPASS.* VSR_QUEUE_PASSWORD/],
  ] as const;
  for (const [wrong, message] of refused) {
    await assert.rejects(connectQueue(wrong), { code: 'queue', message });
  }
  const status = await runVsr('queue', 'status', '--queue', url, '--queue-ca', cert);
  assert.match(status.stderr, /NOAUTH|WRONGPASS/);
  assert.equal(status.code, 1);
});
