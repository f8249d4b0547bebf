import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/package-root.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'vsr-spare-'));
after(() => rmSync(folder, { recursive: true }));

const source = pathToFileURL(path.join(packageRoot(), 'build/src/upscale/spare-workers.js')).href;

/** Runs a module in a process of its own, which must end by itself. */
function run(body: string): string {
  const script = path.join(folder, 'script.mjs');
  const names = 'prepareWorkers, takeWorker, discardWorkers';
  writeFileSync(script, `import { ${names} } from '${source}';${body}`);
  const { stdout, stderr, signal } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(signal, null, `it did not end by itself: ${stderr}`);
  assert.equal(stderr, '');
  return stdout;
}

test('threads that were prepared keep no process alive, taken or not', () => {
  assert.equal(run(`prepareWorkers(2); console.log('end');`), 'end\n');
});

test('a thread that was taken does, until it is told to end', () => {
  const body = `
    prepareWorkers(1);
    const worker = takeWorker();
    worker.on('exit', (code) => console.log('exit', code));
    worker.on('message', ({ kind, code }) => { console.log(kind, code); worker.postMessage(null); });
    worker.postMessage({ kind: 'frame', job: {} });`;
  // It was never told what to run.
  assert.equal(run(body), 'failed model\nexit 0\n');
});

test('threads that nobody took end when they are discarded', () => {
  const body = `
    prepareWorkers(2);
    const worker = takeWorker();
    discardWorkers();
    const other = takeWorker();
    console.log(other === worker, other.threadId - worker.threadId);
    for (const each of [worker, other]) each.postMessage(null);`;
  assert.equal(run(body), 'false 2\n');
});

test('a process whose own code is given as a module on the command line has threads, too', () => {
  const body = `
    import { takeWorker } from '${source}';
    const worker = takeWorker();
    worker.on('message', ({ kind, code }) => { console.log(kind, code); worker.postMessage(null); });
    worker.postMessage({ kind: 'frame', job: {} });`;
  for (const flags of [['--input-type=module'], ['--input-type', 'module']]) {
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--eval', body], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(stdout, 'failed model\n', stderr);
  }
});
