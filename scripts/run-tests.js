// Runs the compiled tests of the named folders (under build/test) with node's own runner. A script
// does this because node 20's --test takes no globs and npm's shell may not expand them. Compiled
// tests whose source has moved or gone are left out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const folders = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-') && word !== '--long');
// See test/support/long-form.ts.
if (process.argv.includes('--long')) process.env.VSR_TEST_LONG = '1';
const found = folders.flatMap((folder) =>
  readdirSync(`build/test/${folder}`, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .filter((name) => existsSync(`test/${folder}/${name.replace(/\.js$/, '.ts')}`))
    .map((name) => `build/test/${folder}/${name}`),
);

/** Marks of a test file that affects its whole process, or waits at its top level. */
const needsOwn = /^(before|after|await)\b|process\.(env|on|exitCode)|chdir\(|mock\./m;
/** Small files per process: starting one takes as long as many of their tests. */
const together = 20;

/** Writes files that each import a group of small unit tests, which then share a process. */
function grouped(files) {
  const small = files.filter(
    (file) => file.startsWith('build/test/unit/') && !needsOwn.test(readFileSync(file, 'utf8')),
  );
  const folder = 'build/test/groups';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const groups = [];
  for (let from = 0; from < small.length; from += together) {
    const group = `${folder}/unit-${groups.length + 1}.test.js`;
    const imports = small.slice(from, from + together).map((file) => {
      return `import '../${file.slice('build/test/'.length)}';\n`;
    });
    writeFileSync(group, imports.join(''));
    groups.push(group);
  }
  return [...groups, ...files.filter((file) => !small.includes(file))];
}

const files = grouped(found);
if (files.length === 0) {
  console.error(`No tests found under build/test/{${folders.join(',')}}.`);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    // As an absolute URL: worker threads inherit it, also in tests that change the folder.
    ...['--import', new URL('./test-ffmpeg.js', import.meta.url).href],
    // No file needs a quarter of an hour: one that hangs is ended and named.
    ...['--test', '--test-concurrency=2', '--test-timeout=900000'],
    ...['--test-reporter=spec', ...options, ...files],
  ],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
