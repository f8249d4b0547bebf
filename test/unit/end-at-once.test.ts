import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { endingLibrary } from '../../src/end-at-once.js';
import { packageRoot } from '../../src/package-root.js';

const module = pathToFileURL(path.join(packageRoot(), 'build', 'src', 'end-at-once.js')).href;

/** How a process ends whose thread never lets go, once everything for its exit has been done. */
function ending(body: string, env: NodeJS.ProcessEnv = {}) {
  const source = `
    import { writeSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    import { endAtOnce, endAtOnceAtExit } from ${JSON.stringify(module)};
    const stuck = 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)';
    new Worker(stuck, { eval: true });
    process.on('exit', () => writeSync(1, 'first '));
    ${body}`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...env },
  });
}

const here = process.platform === 'linux' && endingLibrary(0) !== null;
const skip = here ? false : `no library of ours for ${process.platform} on ${process.arch}`;

test(
  'a process ends with any code, whatever its threads do, after what is to happen at its exit',
  { skip },
  () => {
    for (const code of [0, 1, 130, 255]) {
      const { status, stdout, stderr } = ending(`endAtOnceAtExit(); process.exit(${code});`);
      assert.equal(status, code, stderr);
      assert.equal(stdout, 'first ');
      assert.equal(stderr, '');
    }
  },
);

test('where no library can be loaded, a signal ends it, which shells report as 130', () => {
  const nowhere = { TMPDIR: '/nonexistent', TMP: '/nonexistent', TEMP: '/nonexistent' };
  const { status, signal } = ending('endAtOnce(130);', nowhere);
  if (process.platform === 'win32') assert.notEqual(status, 0);
  else assert.equal(signal, 'SIGINT');
});

test('a library is made for the processors that Linux machines mostly have', () => {
  for (const [arch, machine] of [
    ['x64', 62],
    ['arm64', 183],
  ] as const) {
    const file = Buffer.from(endingLibrary(130, arch)!);
    assert.equal(file.subarray(0, 4).toString('latin1'), '\x7fELF');
    assert.equal(file.readUInt16LE(18), machine);
  }
  // movz x0, 130; movz x8, 94; svc 0
  const arm = Buffer.from(endingLibrary(130, 'arm64')!).subarray(-12);
  assert.deepEqual(
    [0, 4, 8].map((at) => arm.readUInt32LE(at)),
    [0xd2801040, 0xd2800bc8, 0xd4000001],
  );
  assert.equal(endingLibrary(130, 'mips'), null);
});
