import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import {
  runProcess,
  startProcess,
  stderrTailLines,
} from '../../../../src/media/program/process.js';

const node = process.execPath;
const script = (code: string): string[] => ['-e', code];

test('output, exit code and the last lines of stderr are kept', async () => {
  const code =
    'for (let i = 0; i < 100; i++) console.error("line " + i); console.log("out"); process.exitCode = 3';
  const end = await runProcess(node, script(code));
  assert.equal(end.stdout, 'out\n');
  assert.equal(end.code, 3);
  assert.equal(end.stderrTail.length, stderrTailLines);
  assert.equal(end.stderrTail.at(-1), 'line 99');
});

test('a word is one argument, whatever is in it', async () => {
  const words = ['$(id) `id` "quoted" ; rm', "it's\nnew", '*'];
  const { stdout } = await runProcess(node, [
    ...script('console.log(JSON.stringify(process.argv.slice(1)))'),
    ...words,
  ]);
  assert.deepEqual(JSON.parse(stdout), words);
});

test('lines reach their reader whole', async () => {
  const lines: string[] = [];
  const code =
    'process.stderr.write("a"); setTimeout(() => process.stderr.write("b\\nc\\r\\nd"), 20)';
  await runProcess(node, script(code), { onStderrLine: (line) => lines.push(line) });
  assert.deepEqual(lines, ['ab', 'c', 'd']);
});

test('a process that will not end is killed', async () => {
  const child = startProcess(
    node,
    script('process.on("SIGTERM", () => {}); setInterval(() => {}, 9); console.log(1)'),
  );
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const end = await child.kill();
  assert.equal(end.signal, 'SIGKILL');
  assert.deepEqual(await child.kill(), end);
});

test('a process whose output nobody reads can be killed', async () => {
  const child = startProcess(node, script('for (;;) process.stdout.write("x".repeat(65536))'));
  const end = await child.kill();
  assert.ok(end.signal !== null || end.code !== 0);
});

test('an abort ends it, and one that came before starts nothing', async () => {
  const abort = new AbortController();
  const running = runProcess(node, script('setInterval(() => {}, 9)'), { signal: abort.signal });
  abort.abort();
  const interrupted = (error: unknown): boolean =>
    error instanceof VsrError && error.code === 'interrupted';
  await assert.rejects(running, interrupted);
  assert.throws(() => startProcess(node, [], { signal: abort.signal }), interrupted);
});

test('a program that is not there is one clear error', async () => {
  await assert.rejects(runProcess('/nowhere/ffmpeg', []), /Could not start \/nowhere\/ffmpeg/);
});

test('more output than allowed is an error', async () => {
  const run = runProcess(node, script('console.log("x".repeat(100000))'), { maxBytes: 1000 });
  await assert.rejects(run, /more than 1000 bytes/);
});
