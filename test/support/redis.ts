import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The skip reason of tests that need a Redis, where there is none to start. */
export const withoutRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'needs redis-server (Debian: apt-get install redis-server)';

/** A port of this machine that no program listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis server that a test started for itself, on a free port. */
export type TestRedis = AsyncDisposable & {
  readonly port: number;
  readonly url: string;
  /** Ends it without warning (SIGKILL), as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what its append-only file holds, or empty. */
  start(how?: 'empty'): Promise<void>;
  /** Stops and continues it, so that its connections go silent. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
};

/** Starts a Redis; with `log` it keeps an append-only file, so that it outlives a crash. */
export async function startRedis({
  log = false,
  words = [],
}: { log?: boolean; words?: readonly string[] } = {}): Promise<TestRedis> {
  const port = await freePort();
  // Not by `temporaryFolder`, which is for tests alone: the benchmark starts servers, too.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vsr-test-'));
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ...['--appendonly', log ? 'yes' : 'no', '--appendfsync', 'everysec'],
    ...['--maxmemory-policy', 'noeviction', ...words],
  ];
  const start = async () => {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    for (let i = 0; i < 1000 && !said.includes('Ready to accept'); i++) {
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
      await sleep(10);
    }
    return { child, ended };
  };
  let running = await start();
  const kill = async (): Promise<void> => {
    running.child.kill('SIGKILL');
    await running.ended;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start(how) {
      if (how === 'empty') rmSync(folder, { recursive: true });
      mkdirSync(folder, { recursive: true });
      running = await start();
    },
    signal: (name) => void running.child.kill(name),
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
