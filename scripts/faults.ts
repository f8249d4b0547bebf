/**
 * Tries every kind of fault in full and prints a table of them: kills, signals, full and failing
 * disks, programs that hang and files that vanish; damaged files of every kind; a long clip. Ends
 * with 1 if anything was lost.
 *
 *   npm run test:faults -- [faults] [queue] [fuzz] [long]      default: all of them
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { packageRoot } from '../src/package-root.js';
import { triedIn } from '../test/faults/tried.js';

/** For each kind of fault, how often it was tried and how often something was lost. */
type Counts = Map<string, { tried: number; bad: number }>;

const built = (...names: string[]): string => path.join(packageRoot(), 'build', ...names);

function add(counts: Counts, kind: string, tried: number, bad = 0): void {
  const row = counts.get(kind) ?? { tried: 0, bad: 0 };
  counts.set(kind, { tried: row.tried + tried, bad: row.bad + bad });
}

/** Runs the tests of a folder, one file at a time, since they measure the whole machine. */
async function runTests(folder: string, counts: Counts): Promise<void> {
  const files = readdirSync(built('test', folder))
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => built('test', folder, name));
  const events = run({ files, concurrency: 1 });
  events.on('test:diagnostic', ({ message }) => {
    const note = triedIn(message);
    if (note !== null) add(counts, note.kind, note.count);
  });
  events.on('test:fail', ({ name }) => add(counts, `failed: ${name}`, 1, 1));
  for await (const text of events.compose(new spec())) process.stdout.write(String(text));
}

/** Runs one of this project's scripts; returns whether it ended with exit code 0. */
function endsWell(...words: string[]): boolean {
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
  return status === 0;
}

function runFuzz(counts: Counts): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vsr-counts-'));
  const file = path.join(folder, 'counts.json');
  try {
    const well = endsWell(built('scripts', 'fuzz.js'), '--counts', file);
    const kinds = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, number>>;
    for (const [kind, ended] of Object.entries(kinds)) {
      const tried = Object.values(ended).reduce((sum, count) => sum + count, 0);
      add(counts, `damaged file: ${kind}`, tried, ended['bad'] ?? 0);
    }
    if (!well && [...counts.values()].every(({ bad }) => bad === 0)) {
      add(counts, 'failed: fuzz', 1, 1);
    }
  } catch (error) {
    console.error(error);
    add(counts, 'failed: fuzz', 1, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runLong(counts: Counts): void {
  add(counts, 'long clip', 1, endsWell(built('scripts', 'long-run.js')) ? 0 : 1);
}

const parts = {
  faults: (counts: Counts) => runTests('faults', counts),
  queue: (counts: Counts) => runTests('queue', counts),
  fuzz: runFuzz,
  long: runLong,
};
type Part = keyof typeof parts;
const words = process.argv.slice(2);
const unknown = words.filter((word) => !(word in parts));
if (unknown.length > 0) {
  console.error(`Expected any of ${Object.keys(parts).join(', ')} but received ${unknown.join()}.`);
  process.exit(2);
}
process.env['VSR_FAULTS'] = 'whole';
const counts: Counts = new Map();
const startedAt = performance.now();
for (const part of (words.length === 0 ? Object.keys(parts) : words) as Part[]) {
  await parts[part](counts);
}
const bad = [...counts.values()].reduce((sum, row) => sum + row.bad, 0);
const width = Math.max(...[...counts.keys()].map((kind) => kind.length));
console.log(`\n${'fault'.padEnd(width)}  tried  bad`);
for (const [kind, row] of counts) {
  console.log(
    `${kind.padEnd(width)}  ${String(row.tried).padStart(5)}  ${String(row.bad).padStart(3)}`,
  );
}
console.log(`bad: ${bad}, in ${Math.round((performance.now() - startedAt) / 60_000)} minutes`);
// Something must have been tried, and nothing lost.
process.exitCode = bad === 0 && counts.size > 0 ? 0 : 1;
