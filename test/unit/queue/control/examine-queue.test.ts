import assert from 'node:assert/strict';
import test from 'node:test';
import { serverFindings } from '../../../../src/queue/control/examine-queue.js';

const info = (version: string, policy: string, log: number): string =>
  `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\naof_enabled:${log}\r\n`;
const address = { shown: 'redis://nas:6379', tls: false };
const marks = (text: string, where = address) =>
  Object.fromEntries(serverFindings(text, where).map(({ topic, ok }) => [topic, ok]));

test('a server as it should be has nothing against it but a network that is open', () => {
  assert.deepEqual(marks(info('7.0.15', 'noeviction', 1)), {
    ...{ queue: true, eviction: true, persistence: true, encryption: false },
  });
  const near = { shown: 'redis://127.0.0.1:6379', tls: false };
  assert.equal(marks(info('6.2.0', 'noeviction', 1), near)['encryption'], true);
  const safe = { shown: 'rediss://nas:6380', tls: true };
  assert.equal(marks(info('10.0.1', 'noeviction', 1), safe)['encryption'], true);
});

test('an old server, one that evicts, and one without a log are named', () => {
  assert.deepEqual(marks(info('5.0.14', 'allkeys-lru', 0)), {
    ...{ queue: false, eviction: false, persistence: false, encryption: false },
  });
  const [queue, eviction, persistence] = serverFindings(info('6.0.16', 'volatile-lru', 0), address);
  assert.match(queue!.detail, /is Redis 6\.0\.16; 6\.2 or later/);
  assert.match(eviction!.detail, /maxmemory-policy volatile-lru.*noeviction/);
  assert.match(persistence!.detail, /appendonly yes/);
});
