import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/package-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

const sourceOf = (name: string): string =>
  JSON.stringify(pathToFileURL(path.join(packageRoot(), 'build', 'src', name)).href);

// Blocks its thread, as a run of the network does, then leaves a file; `second` begins when the
// process is ending.
const thread = `
  import { writeFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  import { nativeWork } from ${sourceOf('native-work.js')};
  const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  await nativeWork(async () => {
    parentPort.postMessage('begun');
    wait(200);
    writeFileSync(new URL('first', import.meta.url), '');
  });
  await nativeWork(async () => writeFileSync(new URL('second', import.meta.url), ''));`;

test('a process that exits lets the native work of its threads end, and no more begin', () => {
  writeFileSync(path.join(folder, 'thread.mjs'), thread);
  const main = `
    import { startThread } from ${sourceOf('start-thread.js')};
    const worker = startThread(new URL('./thread.mjs', import.meta.url));
    worker.on('message', () => process.exit(3));`;
  writeFileSync(path.join(folder, 'main.mjs'), main);
  const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'main.mjs')], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(status, 3, stderr);
  assert.deepEqual(readdirSync(folder).sort(), ['first', 'main.mjs', 'thread.mjs']);
});

for (const [flags, how] of [
  [['--max-old-space-size=2000', '--no-opt'], 'from a file'],
  [['--max-old-space-size=2000', '--input-type=module', '--eval'], 'from text'],
] as const) {
  test(`threads start in a process with flags of V8, whose code came ${how}`, () => {
    writeFileSync(path.join(folder, 'thread.mjs'), thread);
    const main = `
      import { startThread } from ${sourceOf('start-thread.js')};
      const worker = startThread(new URL(${JSON.stringify(pathToFileURL(path.join(folder, 'thread.mjs')).href)}));`;
    const file = path.join(folder, 'main.mjs');
    writeFileSync(file, main);
    const last = how === 'from a file' ? file : main;
    const { status, stderr } = spawnSync(process.execPath, [...flags, last], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(status, 0, stderr);
    assert.ok(readdirSync(folder).includes('second'), 'the thread has run to its end');
    for (const name of ['first', 'second']) rmSync(path.join(folder, name));
  });
}

test('a process that exits while its threads load the runtime keeps its exit code', () => {
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
  const loader = `
    import { nativeWork } from ${sourceOf('native-work.js')};
    await nativeWork(() => import(${JSON.stringify(pathToFileURL(runtime).href)}));`;
  writeFileSync(path.join(folder, 'loader.mjs'), loader);
  const main = `
    import { startThread } from ${sourceOf('start-thread.js')};
    for (let i = 0; i < 2; i++) startThread(new URL('./loader.mjs', import.meta.url));
    setTimeout(() => process.exit(3), Number(process.argv[2]));`;
  const script = path.join(folder, 'load.mjs');
  writeFileSync(script, main);
  for (let ms = 0; ms <= 150; ms += 15) {
    const { status, stderr } = spawnSync(process.execPath, [script, String(ms)], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(status, 3, `after ${ms} ms: ${stderr}`);
    assert.equal(stderr, '');
  }
});

test('a process that exits while frames are being enlarged keeps its exit code', () => {
  const clip = JSON.stringify(path.join(packageRoot(), 'samples', 'scene.mp4'));
  const main = `
    import { upscale } from ${sourceOf('index.js')};
    const output = new URL('./larger.mp4', import.meta.url).pathname;
    for await (const event of upscale(${clip}, { output, provider: 'cpu', workers: 2 })) {
      if (event.event === 'end') throw new Error('it ended too soon');
      if (event.event === 'progress') setTimeout(() => process.exit(3), Number(process.argv[2]));
    }`;
  const script = path.join(folder, 'enlarge.mjs');
  writeFileSync(script, main);
  for (const ms of [0, 7, 19]) {
    const { status, stderr } = spawnSync(process.execPath, [script, String(ms)], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(status, 3, `after ${ms} ms: ${stderr}`);
    rmSync(path.join(folder, 'larger.mp4.vsr-work'), { recursive: true, force: true });
  }
});

test('a process whose own code is given as a module on the command line has threads, too', () => {
  writeFileSync(
    path.join(folder, 'greeting.mjs'),
    "import { parentPort } from 'node:worker_threads'; parentPort.postMessage('hello');",
  );
  const greeting = JSON.stringify(pathToFileURL(path.join(folder, 'greeting.mjs')).href);
  const body = `
    import { startThread } from ${sourceOf('start-thread.js')};
    startThread(new URL(${greeting})).on('message', (text) => console.log(text));`;
  for (const flags of [['--input-type=module'], ['--input-type', 'module']]) {
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--eval', body], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(stdout, 'hello\n', stderr);
  }
});
