import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { VsrError } from '../../../../src/errors.js';
import { packageRoot } from '../../../../src/package-root.js';
import { takeLock } from '../../../../src/upscale/segments/lock.js';

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-lock-'));
  try {
    await work(path.join(folder, 'lock'));
    assert.deepEqual(await readdir(folder), [], 'nothing is left behind');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const isBusy = (error: unknown): boolean => error instanceof VsrError && error.code === 'busy';

test('a second job of this process is refused until the first gives the lock back', () =>
  inFolder(async (file) => {
    const first = await takeLock(file, 'out.mp4');
    await assert.rejects(takeLock(file, 'out.mp4'), isBusy);
    await first[Symbol.asyncDispose]();
    await (await takeLock(file, 'out.mp4'))[Symbol.asyncDispose]();
  }));

test('a living process holds its lock, a dead one does not', () =>
  inFolder(async (file) => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await writeFile(
      file,
      JSON.stringify({ pid: child.pid, host: os.hostname(), processStart: null, since: 'now' }),
    );
    await assert.rejects(takeLock(file, 'out.mp4'), (error) => {
      assert.ok(isBusy(error));
      assert.match((error as Error).message, new RegExp(`process ${child.pid}`));
      return true;
    });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await (await takeLock(file, 'out.mp4'))[Symbol.asyncDispose]();
  }));

test(
  'a reused pid is told from the holder by its start time',
  { skip: process.platform !== 'linux' },
  () =>
    inFolder(async (file) => {
      const holder = { pid: process.ppid, host: os.hostname(), processStart: '1', since: 'before' };
      await writeFile(file, JSON.stringify(holder));
      await (await takeLock(file, 'out.mp4'))[Symbol.asyncDispose]();
    }),
);

test('a damaged lock is taken over', () =>
  inFolder(async (file) => {
    await writeFile(file, '{"pid":');
    const lock = await takeLock(file, 'out.mp4');
    assert.match(await readFile(file, 'utf8'), new RegExp(`"pid":${process.pid}`));
    await lock[Symbol.asyncDispose]();
  }));

test('of many at once exactly one gets a dead holder’s lock', () =>
  inFolder(async (file) => {
    await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, host: os.hostname(), since: 'x' }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file, 'o')));
    const won = tries.filter((result) => result.status === 'fulfilled');
    assert.equal(won.length, 1);
    await won[0]!.value[Symbol.asyncDispose]();
  }));

test('giving a lock back leaves one that another process has put there since', () =>
  inFolder(async (file) => {
    const lock = await takeLock(file, 'out.mp4');
    const other = JSON.stringify({ pid: process.ppid, host: os.hostname(), since: 'later' });
    await writeFile(file, other);
    await lock[Symbol.asyncDispose]();
    assert.equal(await readFile(file, 'utf8'), other);
    await rm(file);
  }));

test('of many processes at once exactly one gets a dead holder’s lock', () =>
  inFolder(async (file) => {
    const lock = path.join(packageRoot(), 'build', 'src', 'upscale', 'segments', 'lock.js');
    const script =
      `import(${JSON.stringify(pathToFileURL(lock).href)}).then(async ({ takeLock }) => {` +
      `try { const mine = await takeLock(${JSON.stringify(file)}, 'o'); console.log('got'); ` +
      `await new Promise((go) => process.stdin.once('data', go)); await mine[Symbol.asyncDispose](); process.exit(); }` +
      `catch (error) { console.log(error.code); process.exit(); } })`;
    for (let round = 0; round < 3; round++) {
      await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, host: os.hostname(), since: 'x' }));
      const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['-e', script]));
      const said = await Promise.all(
        children.map(
          (child) =>
            new Promise<string>((resolve) => {
              child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
            }),
        ),
      );
      // Those that were refused have gone, and their pipes with them.
      for (const child of children) child.stdin.on('error', () => {}).write('go\n');
      const gone = (child: ChildProcess): Promise<void> =>
        new Promise((resolve) => {
          if (child.exitCode !== null) resolve();
          else child.once('exit', () => resolve());
        });
      await Promise.all(children.map(gone));
      assert.deepEqual(said.sort(), ['busy', 'busy', 'busy', 'busy', 'busy', 'got']);
    }
  }));
