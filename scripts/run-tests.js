// Runs the compiled tests of the folders named (under build/test) with node's own runner.
// A launcher of our own, because node 20's --test takes no globs and npm's shell may not expand
// them. What an earlier build left of a test that has moved or gone is not run.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const folders = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-') && word !== '--long');
// See test/support/long-form.ts.
if (process.argv.includes('--long')) process.env.VSR_TEST_LONG = '1';
const files = folders.flatMap((folder) =>
  readdirSync(`build/test/${folder}`, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .filter((name) => existsSync(`test/${folder}/${name.replace(/\.js$/, '.ts')}`))
    .map((name) => `build/test/${folder}/${name}`),
);
if (files.length === 0) {
  console.error(`No tests found under build/test/{${folders.join(',')}}.`);
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    // By its whole address: threads take it over, also in tests that go to another folder.
    ...['--import', new URL('./test-ffmpeg.js', import.meta.url).href],
    // No file takes a quarter of an hour: what hangs is named instead of being waited for.
    ...['--test', '--test-concurrency=2', '--test-timeout=900000'],
    ...['--test-reporter=spec', ...options, ...files],
  ],
  { stdio: 'inherit' },
);
process.exit(run.status ?? 1);
