import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { VsrError } from '../../../src/errors.js';
import { thisProcess, type Owner } from '../../../src/files/owner.js';
import { packageRoot } from '../../../src/package-root.js';
import { LEASE_MS, takeLease } from '../../../src/files/lease.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  await work(path.join(folder, 'lock'));
  assert.deepEqual(await readdir(folder), [], 'nothing is left behind');
}

/** What the file of a lease says that some process took here. */
function held(more: Partial<Owner> & { readonly id?: string }): string {
  return JSON.stringify({ ...thisProcess(), id: 'x', since: 'now', ...more });
}

/** Makes a file as old as one that was last written to so many milliseconds ago. */
async function age(file: string, milliseconds: number): Promise<void> {
  const then = (Date.now() - milliseconds) / 1000;
  await utimes(file, then, then);
}

const isBusy = (error: unknown): boolean => error instanceof VsrError && error.code === 'busy';

test('a second job of this process is refused until the first gives the lock back', () =>
  inFolder(async (file) => {
    const first = await takeLease(file, 'out.mp4');
    await assert.rejects(takeLease(file, 'out.mp4'), isBusy);
    await first[Symbol.asyncDispose]();
    await (await takeLease(file, 'out.mp4'))[Symbol.asyncDispose]();
  }));

test('a living process holds its lock, a dead one does not', () =>
  inFolder(async (file) => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    await writeFile(file, held({ pid: child.pid!, processStart: null }));
    await assert.rejects(takeLease(file, 'out.mp4'), (error) => {
      assert.ok(isBusy(error));
      assert.match((error as Error).message, new RegExp(`process ${child.pid}`));
      return true;
    });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await (await takeLease(file, 'out.mp4'))[Symbol.asyncDispose]();
  }));

test(
  'a reused pid is told from the holder by its start time',
  { skip: process.platform !== 'linux' },
  () =>
    inFolder(async (file) => {
      await writeFile(file, held({ pid: process.ppid, processStart: '1' }));
      await (await takeLease(file, 'out.mp4'))[Symbol.asyncDispose]();
    }),
);

test('a damaged lock is somebody’s who is just writing it, until it is old', () =>
  inFolder(async (file) => {
    await writeFile(file, '{"pid":');
    await assert.rejects(takeLease(file, 'out.mp4'), isBusy);
    await age(file, LEASE_MS + 5000);
    const lock = await takeLease(file, 'out.mp4');
    assert.match(await readFile(file, 'utf8'), new RegExp(`"pid":${process.pid}`));
    await lock[Symbol.asyncDispose]();
  }));

for (const [where, theirs] of Object.entries({
  'in another container of this host name': { pidSpace: 'another' },
  'on another machine': { host: 'elsewhere', pidSpace: 'another' },
})) {
  test(`a holder ${where} keeps its lease while it gives signs of life, and a minute longer`, () =>
    inFolder(async (file) => {
      // A number that runs here says nothing about the process of that number there, and neither
      // does one that does not.
      for (const pid of [process.ppid, 2 ** 22 + 1]) {
        await writeFile(file, held({ pid, ...theirs }));
        await age(file, LEASE_MS - 20_000);
        await assert.rejects(takeLease(file, 'out.mp4'), (error) => {
          assert.ok(isBusy(error));
          const place = where.startsWith('on') ? 'on elsewhere' : 'in another container';
          const said = new RegExp(`out.mp4 is being made by process ${pid} ${place} since now`);
          assert.match((error as Error).message, said);
          return true;
        });
        await age(file, LEASE_MS + 60_000);
        await (await takeLease(file, 'out.mp4'))[Symbol.asyncDispose]();
      }
    }));
}

test('a holder gives signs of life, and learns that it has lost its lease', (t) =>
  inFolder(async (file) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const lease = await takeLease(file, 'out.mp4');
    await age(file, LEASE_MS);
    t.mock.timers.tick(5000);
    while (Date.now() - (await stat(file)).mtimeMs > LEASE_MS / 2) await sleep(5);
    assert.equal(lease.lost.aborted, false);
    await rm(file);
    t.mock.timers.tick(5000);
    while (!existsSync(file)) await sleep(5);
    assert.equal(lease.lost.aborted, false, 'a lock that somebody removed is made again');
    await age(file, LEASE_MS);
    t.mock.timers.tick(5000);
    const isOld = async () => Date.now() - (await stat(file)).mtimeMs > LEASE_MS / 2;
    for (let looks = 0; looks < 200 && (await isOld()); looks++) await sleep(5);
    assert.equal(await isOld(), false, 'signs of life go to the lock that was made again');
    const theirs = held({ pid: process.ppid, id: 'theirs' });
    await writeFile(file, theirs);
    t.mock.timers.tick(5000);
    while (!lease.lost.aborted) await sleep(5);
    assert.ok(isBusy(lease.lost.reason));
    await lease[Symbol.asyncDispose]();
    assert.equal(await readFile(file, 'utf8'), theirs);
    await rm(file);
  }));

test('of many at once exactly one gets a dead holder’s lock', () =>
  inFolder(async (file) => {
    await writeFile(file, held({ pid: 2 ** 22 + 1 }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLease(file, 'o')));
    const won = tries.filter((result) => result.status === 'fulfilled');
    assert.equal(won.length, 1);
    await won[0]!.value[Symbol.asyncDispose]();
  }));

test('giving a lock back leaves one that another process has put there since', () =>
  inFolder(async (file) => {
    const lock = await takeLease(file, 'out.mp4');
    const other = held({ pid: process.ppid, id: 'theirs' });
    await writeFile(file, other);
    await lock[Symbol.asyncDispose]();
    assert.equal(await readFile(file, 'utf8'), other);
    await rm(file);
  }));

test('of many processes at once exactly one gets a dead holder’s lock', () =>
  inFolder(async (file) => {
    const lock = path.join(packageRoot(), 'build', 'src', 'files', 'lease.js');
    const script =
      `import(${JSON.stringify(pathToFileURL(lock).href)}).then(async ({ takeLease }) => {` +
      `try { const mine = await takeLease(${JSON.stringify(file)}, 'o'); console.log('got'); ` +
      `await new Promise((go) => process.stdin.once('data', go)); await mine[Symbol.asyncDispose](); process.exit(); }` +
      `catch (error) { console.log(error.code); process.exit(); } })`;
    for (let round = 0; round < 3; round++) {
      await writeFile(file, held({ pid: 2 ** 22 + 1 }));
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
