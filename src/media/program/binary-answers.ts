import { createHash } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { runProcess } from './process.js';

/** A program's answer to a question about itself: its exit code, and what it wrote to stdout. */
export type BinaryAnswer = { readonly code: number | null; readonly stdout: string };

/**
 * Milliseconds after which a program that is asked about itself counts as hanging: without
 * progress, and in any case. Answers take a fraction of a second, or a few seconds on a busy
 * machine.
 */
const longestIdle = 5000;
const longestAnswer = 10_000;

/** Milliseconds after which answers are asked for again: a week. */
const longestKept = 7 * 24 * 3600 * 1000;

/** The known answers of one program, by question. `since` is when the oldest was asked for. */
type Answers = { readonly said: Map<string, string>; readonly since: number };

type Stored = {
  readonly state: string;
  readonly since: number;
  readonly said: Readonly<Record<string, string>>;
};

/** vsr's folder for files that can be made again; `null` where the system names none. */
export function cacheFolder(): string | null {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, 'vsr');
  if (process.platform === 'win32' && local) return path.join(local, 'vsr', 'cache');
  const home = homeFolder();
  if (home === null) return null;
  const folder = process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'];
  return path.join(home, ...folder, 'vsr');
}

function homeFolder(): string | null {
  try {
    const home = os.homedir();
    return path.isAbsolute(home) ? home : null;
  } catch {
    return null; // The system has no entry for this user.
  }
}

/**
 * Everything that the answers of a program depend on, as a text: the file itself, the libraries
 * that the system loads with it, and the environment variables that choose other libraries. `null`
 * for a script, whose answers depend on the programs that it calls.
 */
async function stateOf(file: string): Promise<string | null> {
  const real = await realpath(file);
  await using handle = await open(real, 'r');
  const start = Buffer.alloc(2);
  await handle.read(start, 0, 2, 0);
  if (start.toString('latin1') === '#!') return null;
  const stamp = (known: Awaited<ReturnType<typeof stat>> | null): string =>
    known === null ? '' : [known.size, known.mtimeMs, known.ctimeMs, known.ino].join(' ');
  // The dynamic loader's list of libraries, which is written whenever a package adds one.
  const libraries = await stat('/etc/ld.so.cache').catch(() => null);
  const variables = Object.keys(process.env)
    .filter((name) => /^(?:LD|DYLD)_/.test(name))
    .sort()
    .map((name) => `${name}=${process.env[name]}`);
  return [real, stamp(await handle.stat()), stamp(libraries), ...variables].join('\n');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The file in which the answers of a program are kept; `null` where there is no cache folder. */
function fileFor(program: string): string | null {
  const folder = cacheFolder();
  return folder === null ? null : path.join(folder, `${sha256(program).slice(0, 16)}.answers`);
}

/** The stored answers, if they are whole, not too old, and of the program's present state. */
async function read(file: string, state: string): Promise<Answers | null> {
  try {
    // The first line is the hash of the rest, so an incomplete or damaged file is not used.
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== sha256(body)) return null;
    const stored = JSON.parse(body) as Stored;
    const age = Date.now() - stored.since;
    if (stored.state !== state || !(age >= 0 && age < longestKept)) return null;
    return { said: new Map(Object.entries(stored.said)), since: stored.since };
  } catch {
    return null;
  }
}

/**
 * Writes the answers, together with those that other processes have stored meanwhile. A failure is
 * ignored, because answers can be asked for again.
 */
async function write(file: string, state: string, answers: Answers): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  try {
    const others = await read(file, state);
    const said = Object.fromEntries([...(others?.said ?? []), ...answers.said]);
    const since = Math.min(answers.since, others?.since ?? Infinity);
    const body = JSON.stringify({ state, since, said } satisfies Stored);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(draft, `${sha256(body)}\n${body}`);
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Keeps the answers of one program in one state, so that every question is asked only once. */
class KnownProgram {
  readonly #program: string;
  readonly #state: string;
  readonly #answers: Answers;
  #asking = 0;

  private constructor(program: string, state: string, answers: Answers | null) {
    this.#program = program;
    this.#state = state;
    this.#answers = answers ?? { said: new Map(), since: Date.now() };
  }

  static async open(program: string, state: string): Promise<KnownProgram> {
    const file = fileFor(program);
    return new KnownProgram(program, state, file === null ? null : await read(file, state));
  }

  async ask(question: string, run: () => Promise<BinaryAnswer>): Promise<BinaryAnswer> {
    const known = this.#answers.said.get(question);
    if (known !== undefined) return { code: 0, stdout: known };
    this.#asking++;
    try {
      const { code, stdout } = await run();
      if (code === 0) this.#answers.said.set(question, stdout);
      return { code, stdout };
    } finally {
      // Several questions are often asked at once; then the last answer writes them all.
      if (--this.#asking === 0) await this.#keep();
    }
  }

  async #keep(): Promise<void> {
    const file = fileFor(this.#program);
    if (file === null || this.#answers.said.size === 0) return;
    // If the program was replaced meanwhile, the answer may be that of another program.
    const same = (await stateOf(this.#program).catch(() => null)) === this.#state;
    if (same) await write(file, this.#state, this.#answers);
  }
}

const programs = new Map<string, Promise<KnownProgram>>();

/**
 * Asks a program for something that changes only when the program does: its version, what it can
 * do. Successful answers are kept in the user's cache folder, because starting ffmpeg takes as long
 * as enlarging a frame or two. A program that has changed in any way is asked again. Throws
 * `VsrError('media')` if it cannot be started or hangs.
 *
 * @param program absolute path
 */
export async function askBinary(program: string, words: readonly string[]): Promise<BinaryAnswer> {
  return knownAnswer(program, words.join(' '), () => answerOf(program, words));
}

async function answerOf(program: string, words: readonly string[]): Promise<BinaryAnswer> {
  const signal = AbortSignal.timeout(longestAnswer);
  try {
    return await runProcess(program, words, { stallTimeoutMs: longestIdle, signal });
  } catch (cause) {
    if (!signal.aborted) throw cause;
    const seconds = Math.round(longestAnswer / 1000);
    const message = `${program} hung: it has not answered ${words.join(' ')} for ${seconds} s.`;
    throw new VsrError('media', message, { cause });
  }
}

/**
 * Keeps the answer to a question as `askBinary` does, where finding it takes more than one command.
 * `run` finds the answer, which is kept under `question` if its code is 0.
 *
 * @param program absolute path
 */
export async function knownAnswer(
  program: string,
  question: string,
  run: () => Promise<BinaryAnswer>,
): Promise<BinaryAnswer> {
  const state = await stateOf(program).catch(() => null);
  if (state === null) return run();
  const key = `${program}\n${state}`;
  let known = programs.get(key);
  if (known === undefined) {
    known = KnownProgram.open(program, state);
    programs.set(key, known);
  }
  return (await known).ask(question, run);
}
