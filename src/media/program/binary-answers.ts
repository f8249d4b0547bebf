import { createHash } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { runProcess } from './process.js';

/** What a program says of itself: the end of its run and all it wrote to stdout. */
export type BinaryAnswer = { readonly code: number | null; readonly stdout: string };

/**
 * Milliseconds after which a program that is asked something about itself is given up: without any
 * work done, and however much it does. Answers take a fraction of a second, or a few where the
 * machine has much else to do.
 */
const longestIdle = 5000;
const longestAnswer = 10_000;

/** Answers older than this, in milliseconds, are asked for again: a week. */
const longestKept = 7 * 24 * 3600 * 1000;

/** What is known of one program, by the words it was asked with. */
type Answers = { readonly said: Map<string, string>; readonly since: number };

type Stored = {
  readonly state: string;
  readonly since: number;
  readonly said: Readonly<Record<string, string>>;
};

/** The folder for what can be made again; `null` where the system names none. */
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
    return null; // A user without an entry in the system's list.
  }
}

/**
 * What the answers of a program depend on, in one text: the file itself, the libraries that the
 * system would load with it, and the variables that choose others. `null` where that cannot be
 * told: a script answers as whatever it calls does.
 */
async function stateOf(file: string): Promise<string | null> {
  const real = await realpath(file);
  await using handle = await open(real, 'r');
  const start = Buffer.alloc(2);
  await handle.read(start, 0, 2, 0);
  if (start.toString('latin1') === '#!') return null;
  const stamp = (known: Awaited<ReturnType<typeof stat>> | null): string =>
    known === null ? '' : [known.size, known.mtimeMs, known.ctimeMs, known.ino].join(' ');
  // The loader's own list of libraries: written again whenever a package with one is installed.
  const libraries = await stat('/etc/ld.so.cache').catch(() => null);
  const variables = Object.keys(process.env)
    .filter((name) => /^(?:LD|DYLD)_/.test(name))
    .sort()
    .map((name) => `${name}=${process.env[name]}`);
  return [real, stamp(await handle.stat()), stamp(libraries), ...variables].join('\n');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where the answers of a program are kept. */
function fileFor(program: string): string | null {
  const folder = cacheFolder();
  return folder === null ? null : path.join(folder, `${sha256(program).slice(0, 16)}.answers`);
}

/** The stored answers, if they are whole, not too old, and of the program as it is now. */
async function read(file: string, state: string): Promise<Answers | null> {
  try {
    // The first line is the hash of the rest: half a file, or a damaged one, is as good as none.
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
 * Writes the answers, with those that other processes have stored meanwhile. Fails silently: they
 * can be asked for again.
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

/** The answers of one program in one state: asked for once, then known. */
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
      // Questions come in flocks: the last answer writes them all.
      if (--this.#asking === 0) await this.#keep();
    }
  }

  async #keep(): Promise<void> {
    const file = fileFor(this.#program);
    if (file === null || this.#answers.said.size === 0) return;
    // What a program said while it was replaced may be another one's answer.
    const same = (await stateOf(this.#program).catch(() => null)) === this.#state;
    if (same) await write(file, this.#state, this.#answers);
  }
}

const programs = new Map<string, Promise<KnownProgram>>();

/**
 * Asks a program something about itself whose answer only changes with the program: its version,
 * what it can do. Good answers are kept in the user's cache folder, for starting ffmpeg costs as
 * much as enlarging a frame or two; a program that changed in any way is asked again. Throws
 * `VsrError` if it cannot be started.
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
 * As `askBinary`, for a question that takes more than one run: `run` finds the answer, which is
 * kept under `question` where its code is 0.
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
