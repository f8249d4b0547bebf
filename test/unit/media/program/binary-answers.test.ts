import assert from 'node:assert/strict';
import { copyFile, chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { cacheFolder } from '../../../../src/media/program/binary-answers.js';
import { runProcess } from '../../../../src/media/program/process.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/*
 * The program asked is a copy of the shell, a small binary; what it is told to run leaves a mark in
 * a file, which tells how often it was really started.
 */
const shell = '/bin/sh';
const root = temporaryFolder();
let tests = 0;
let folder = '';
let program = '';
let marks = '';

const onUnix = { skip: process.platform === 'win32' ? 'has no /bin/sh' : false };

beforeEach(async () => {
  folder = path.join(root, String(++tests));
  await mkdir(folder);
  program = path.join(folder, 'program');
  marks = path.join(folder, 'marks');
  await copyFile(shell, program);
  await chmod(program, 0o755);
  await writeFile(marks, '');
});

/**
 * Asks from a process of its own, as another run of vsr does; `say` is what the program answers.
 */
async function ask(say = 'yes', cache = path.join(folder, 'cache')): Promise<string> {
  const module = new URL('../../../../src/media/program/binary-answers.js', import.meta.url).href;
  const question = `printf x >> ${marks}; echo ${say}`;
  const code = `
    process.env.XDG_CACHE_HOME = ${JSON.stringify(cache)};
    const { askBinary } = await import(${JSON.stringify(module)});
    const { stdout } = await askBinary(${JSON.stringify(program)}, ['-c', ${JSON.stringify(question)}]);
    process.stdout.write(stdout);`;
  const { stdout, stderrTail } = await runProcess(process.execPath, [
    ...['--input-type=module', '-e', code],
  ]);
  assert.deepEqual(stderrTail, []);
  return stdout;
}

const starts = async (): Promise<number> => (await readFile(marks, 'utf8')).length;

/** The one file of answers. */
async function stored(): Promise<string> {
  const names = await readdir(path.join(folder, 'cache', 'vsr'));
  assert.equal(names.length, 1, `expected one file but there are ${names.join(', ')}`);
  return path.join(folder, 'cache', 'vsr', names[0]!);
}

test('an answer is asked for once, by however many runs', onUnix, async () => {
  assert.equal(await ask(), 'yes\n');
  assert.equal(await ask(), 'yes\n');
  assert.equal(await starts(), 1);
  assert.equal(await ask('no'), 'no\n', 'another question has an answer of its own');
  assert.equal(await ask(), 'yes\n');
  assert.equal(await starts(), 2);
});

test('a program that was touched or replaced is asked again', onUnix, async () => {
  await ask();
  await utimes(program, new Date(), new Date(Date.now() + 5000));
  await ask();
  assert.equal(await starts(), 2);
  await copyFile(shell, `${program}.new`);
  await rm(program);
  await copyFile(`${program}.new`, program);
  await chmod(program, 0o755);
  await ask();
  assert.equal(await starts(), 3);
});

test('other libraries are another program', onUnix, async () => {
  await ask();
  process.env['LD_VSR_TEST'] = '/elsewhere';
  try {
    await ask();
  } finally {
    delete process.env['LD_VSR_TEST'];
  }
  assert.equal(await starts(), 2);
});

test('a script is asked every time: it answers as what it calls does', onUnix, async () => {
  await writeFile(program, `#!/bin/sh\nprintf x >> ${marks}\necho yes\n`);
  assert.equal(await ask(), 'yes\n');
  assert.equal(await ask(), 'yes\n');
  assert.equal(await starts(), 2);
});

test('damaged, cut and foreign answers count as none', onUnix, async () => {
  await ask();
  const file = await stored();
  const whole = await readFile(file, 'utf8');
  const damaged = [whole.replace(':"yes', ':"yas'), whole.slice(0, -9), '', '\n', 'null', '{}'];
  for (const [i, text] of damaged.entries()) {
    await writeFile(file, text);
    assert.equal(await ask(), 'yes\n', JSON.stringify(text.slice(0, 40)));
    assert.equal(await starts(), i + 2);
  }
  assert.equal(await readFile(file, 'utf8').then((text) => text.includes('yes')), true);
});

test('a cache that cannot be written is no error', onUnix, async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  assert.equal(await ask('yes', path.join(file, 'below')), 'yes\n');
  assert.equal(await ask('yes', path.join(file, 'below')), 'yes\n');
  assert.equal(await starts(), 2);
});

test('many at once leave one whole file', onUnix, async () => {
  const words = ['a', 'b', 'c', 'd'];
  const said = await Promise.all(words.map((word) => ask(word)));
  assert.deepEqual(
    said,
    words.map((word) => `${word}\n`),
  );
  const before = await starts();
  await ask('a');
  await stored();
  assert.ok((await starts()) <= before + 1);
});

test('the cache lies where the system keeps caches', () => {
  const before = process.env['XDG_CACHE_HOME'];
  try {
    process.env['XDG_CACHE_HOME'] = path.resolve('/some/where');
    assert.equal(cacheFolder(), path.join(path.resolve('/some/where'), 'vsr'));
    process.env['XDG_CACHE_HOME'] = 'relative';
    assert.ok(path.isAbsolute(cacheFolder() ?? '/'), 'a relative path counts as none');
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});
