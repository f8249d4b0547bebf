/**
 * Every fault in full, with counts: kills, signals, full disks, hanging and vanishing things; damaged files
 * of every kind; a long clip. Ends with 1 if anything was lost.
 *
 *   npm run test:faults
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../src/package-root.js';

const built = (...names: string[]): string => path.join(packageRoot(), 'build', ...names);
const tests = readdirSync(built('test', 'faults'))
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => built('test', 'faults', name));
const steps = [
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...tests],
  [built('scripts', 'fuzz.js')],
  [built('scripts', 'long-run.js')],
];
const failed = steps.filter((words) => {
  const env = { ...process.env, VSR_FAULTS: 'whole' };
  return spawnSync(process.execPath, words, { stdio: 'inherit', env }).status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
