/**
 * Damages files of every kind that vsr reads and checks how vsr ends on each. Prints counts; ends
 * with 1 if it crashed, hung, left a process or half a file, or failed without a clear error.
 *
 *   node build/scripts/fuzz.js [--clips 700] [--others 60] [--seed 1] [--folder /tmp/x] [--counts
 *   file.json] [--lanes 2]
 *
 * `--clips` is the number of damaged clips, `--others` that of each other kind of file, a quarter
 * as many for work folders. `--lanes` is how many files are tried at a time, by default one per
 * core. `--verbose` prints each ending.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { kinds, makeSeedFiles, type SeedFile } from './fuzz/seed-files.js';
import { tryFile, type Ending, type Verdict } from './fuzz/try-file.js';

/** Seconds after which a file counts as hung, even on a busy machine. */
const longestSeconds = 180;
/** Bytes of memory that vsr and its ffmpeg may take together. */
const mostBytes = 2e9;
/** Files that one process tries: a stray process is then known to come from one of so few. */
const perProcess = 25;

type Case = { readonly file: SeedFile; readonly seed: number };
type Told = { readonly place: number; readonly verdict: Verdict };

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '700' },
    others: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string' },
    counts: { type: 'string' },
    lanes: { type: 'string', default: String(os.availableParallelism()) },
    verbose: { type: 'boolean', default: false },
    /** Set where this process only tries cases: the folder of its lane. */
    child: { type: 'string' },
  },
});

/** All cases, kind after kind; each kind's files take turns. */
function casesOf(files: readonly SeedFile[], seed: number): Case[] {
  return kinds.flatMap((kind) => {
    const own = files.filter((file) => file.kind === kind);
    // A damaged work folder takes three jobs to try.
    const share = kind === 'work' ? 0.25 : 1;
    const count = Math.ceil(share * Number(kind === 'clip' ? values.clips : values.others));
    return Array.from({ length: own.length === 0 ? 0 : count }, (_, i) => ({
      file: own[i % own.length]!,
      seed: seed * 1_000_003 + i,
    }));
  });
}

/** Tries the cases that come on stdin and prints a verdict for each, both one JSON per line. */
async function child(folder: string, place: string): Promise<void> {
  const model = path.join(folder, 'seeds', 'tiny-x2.onnx');
  for await (const line of createInterface({ input: process.stdin })) {
    const { place: number, file, seed } = JSON.parse(line) as Case & { place: number };
    const verdict = await tryFile(file, { folder: place, model, seed });
    process.stdout.write(`${JSON.stringify({ place: number, verdict } satisfies Told)}\n`);
  }
}

/** The process `root` and all its descendants, and the bytes of memory that they take. */
function family(root: number): { pids: number[]; bytes: number } {
  const parents = new Map<number, number>();
  const memory = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(fields[1]));
      memory.set(Number(name), Number(fields[21]) * 4096);
    } catch {
      // Gone in the meantime.
    }
  }
  const pids = [root];
  for (const pid of pids) {
    for (const [each, parent] of parents) if (parent === pid) pids.push(each);
  }
  return { pids, bytes: pids.reduce((sum, pid) => sum + (memory.get(pid) ?? 0), 0) };
}

/** Processes that still run on files in a lane's folder after its batch has ended. */
function strays(folder: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      return words.includes(`${folder}/`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Most bytes of memory that one child and its descendants took at a time. */
let peak = 0;

/**
 * Tries cases in another process, in the lane's folder. Where a case ends that process, the case is
 * `bad` and a new process goes on with the next.
 */
async function runBatch(
  cases: readonly Case[],
  from: number,
  folder: string,
  lane: string,
): Promise<Told[]> {
  const told: Told[] = [];
  for (let start = 0; start < cases.length;) {
    const self = fileURLToPath(import.meta.url);
    const worker = spawn(process.execPath, [self, '--child', lane, '--folder', folder], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stderr = '';
    worker.stderr.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-2000)));
    worker.stdin.on('error', () => {});
    let since = performance.now();
    let ended = '';
    const watch = setInterval(() => {
      const { pids, bytes } = family(worker.pid!);
      peak = Math.max(peak, bytes);
      if (performance.now() - since > 1000 * longestSeconds) ended = 'it hung';
      if (bytes > mostBytes) ended = `it took ${Math.round(bytes / 1e6)} MB`;
      if (ended !== '') for (const pid of pids.reverse()) process.kill(pid, 'SIGKILL');
    }, 500);
    for (const [i, { file, seed }] of cases.entries()) {
      if (i >= start) worker.stdin.write(`${JSON.stringify({ place: from + i, file, seed })}\n`);
    }
    worker.stdin.end();
    for await (const line of createInterface({ input: worker.stdout })) {
      told.push(JSON.parse(line) as Told);
      since = performance.now();
    }
    const code = await new Promise<unknown>((resolve) =>
      worker.exitCode !== null || worker.signalCode !== null
        ? resolve(worker.exitCode ?? worker.signalCode)
        : worker.once('close', (exit, signal) => resolve(exit ?? signal)),
    );
    clearInterval(watch);
    start = told.length;
    if (start >= cases.length) break;
    const why = ended !== '' ? ended : `the process ended by itself (${String(code)}): ${stderr}`;
    told.push({ place: from + start, verdict: { how: 'unknown', end: 'bad', why } });
    start++;
  }
  const left = strays(lane);
  if (left.length > 0) {
    const last = told.pop()!;
    const why = `stray processes: ${left.join(', ')}`;
    told.push({ place: last.place, verdict: { ...last.verdict, end: 'bad', why } });
  }
  return told;
}

async function main(): Promise<number> {
  const folder = values.folder ?? (await mkdtemp(path.join(os.tmpdir(), 'vsr-fuzz-')));
  const files = await makeSeedFiles(path.join(folder, 'seeds'));
  const cases = casesOf(files, Number(values.seed));
  const counts = new Map<string, Record<Ending, number>>();
  const bad: string[] = [];
  const startedAt = performance.now();
  let done = 0;
  let from = 0;
  const next = async (lane: string): Promise<boolean> => {
    const first = from;
    from += perProcess;
    if (first >= cases.length) return false;
    const told = await runBatch(cases.slice(first, first + perProcess), first, folder, lane);
    for (const { place, verdict } of told) {
      const { file, seed } = cases[place]!;
      const row = counts.get(file.kind) ?? { whole: 0, less: 0, refused: 0, bad: 0 };
      row[verdict.end]++;
      counts.set(file.kind, row);
      const line = `${file.kind} ${path.basename(file.path)}, ${verdict.how}, seed ${seed}: ${verdict.end} ${verdict.why}`;
      if (verdict.end === 'bad') bad.push(line);
      const isTold = verdict.end === 'bad' || verdict.end === 'less';
      if (values.verbose || isTold) console.log(line);
    }
    done += told.length;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(
      `${done} of ${cases.length} damaged files tried in ${seconds} s, ${bad.length} bad`,
    );
    return true;
  };
  const lanes = Array.from({ length: Number(values.lanes) }, async (_, i) => {
    const lane = path.join(folder, `lane-${i}`);
    while (await next(lane));
  });
  await Promise.all(lanes);
  for (const [kind, { whole, less, refused, bad: failures }] of counts) {
    console.log(
      `${kind}: ${whole} gave a whole or marked result, ${less} gave less, which nothing showed, ${refused} a clear error, ${failures} bad`,
    );
  }
  console.log(`${done} damaged files, ${bad.length} bad; peak memory ${Math.round(peak / 1e6)} MB`);
  if (values.counts !== undefined) {
    await writeFile(values.counts, JSON.stringify(Object.fromEntries(counts)));
  }
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
  return bad.length === 0 ? 0 : 1;
}

if (values.child !== undefined) await child(values.folder!, values.child);
else process.exitCode = await main();
