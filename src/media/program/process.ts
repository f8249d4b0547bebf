import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { passing, shortageOf, VsrError } from '../../errors.js';
import { watchWork } from './stall-watch.js';

/** How a process ended. */
export type ProcessEnd = {
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines it wrote to stderr, oldest first; at most `stderrTailLines`. */
  readonly stderrTail: readonly string[];
};

/** A running ffmpeg or ffprobe. */
export interface MediaProcess {
  /** `null` if it could not be started. */
  readonly pid: number | null;
  /** Must be read to its end, otherwise the process waits for ever. */
  readonly stdout: Readable;
  /**
   * `null` unless asked for. Errors of writing to a process that has ended are not thrown; the
   * callback of a write still gets them.
   */
  readonly stdin: Writable | null;
  /**
   * Resolves once the process has ended and its pipes are closed. Rejects with `VsrError('media')`
   * if it could not be started, or was killed because it hung.
   */
  readonly done: Promise<ProcessEnd>;
  /** Stops the process by SIGTERM, and by SIGKILL a second later. May be called repeatedly. */
  kill(): Promise<ProcessEnd>;
}

export type ProcessOptions = {
  readonly stdin?: 'pipe' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The folder in which it runs. Default: that of this process. */
  readonly cwd?: string | undefined;
  /**
   * Milliseconds without progress after which it counts as hanging and is killed; `done` then
   * rejects. Only for processes whose output is always read. Default: never.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Called for each whole line on stderr, in order, without its line break. */
  readonly onStderrLine?: ((line: string) => void) | undefined;
};

/** How many lines of stderr are kept for an error message. */
export const stderrTailLines = 40;

/** Milliseconds between SIGTERM and SIGKILL. */
export const killGraceMs = 1000;

/** Longer lines are cut, because metadata in a file could otherwise fill the memory. */
const longestLine = 8192;

/**
 * The environment of a process. The bundled programs are linked statically, and crash in the host's
 * character set modules when they meet the service name of a transport stream (SIGSEGV, the ffprobe
 * of 2023 on glibc 2.36). So these modules are hidden from them.
 */
function environmentOf(path: string): NodeJS.ProcessEnv {
  const bundled = /[\\/]@ff(?:mpeg|probe)-installer[\\/]/.test(path);
  return bundled ? { ...process.env, GCONV_PATH: '/nonexistent' } : process.env;
}

/** Default number of milliseconds without progress after which a process counts as hanging. */
export const defaultStallMs = 120_000;

const running = new Set<ChildProcess>();
let watching = false;

/** Makes sure that a child is killed when this process exits, for whatever reason. */
function killAtExit(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const each of running) sendTo(each, 'SIGKILL');
  });
}

/**
 * Sends a signal to a child and to all processes that it has started: a wrapper script must not
 * leave its ffmpeg running.
 */
function sendTo(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // There is no such process group, or none any more.
  }
}

function splitLines(onLine: (line: string) => void): {
  push: (text: string) => void;
  end: () => void;
} {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|[\r\n]/);
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) rest = rest.slice(0, longestLine);
      for (const line of lines) if (line !== '') onLine(line.slice(0, longestLine));
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}

function notStarted(path: string, cause: Error): VsrError {
  const why = shortageOf(cause) ?? cause.message;
  return new VsrError('media', `Could not start ${path}: ${why}`, { cause });
}

/** Starts a child in a process group of its own, which is killed when this process exits. */
function spawnChild(path: string, args: readonly string[], options: ProcessOptions): ChildProcess {
  const child = spawn(path, args, {
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environmentOf(path),
    // With a group of its own, Ctrl-C in a terminal reaches only vsr, which then stops its children
    // in an orderly way.
    detached: process.platform !== 'win32',
  });
  // When no more files can be opened, Node returns a child without streams.
  if ((child.stdout as Readable | null | undefined) === undefined) {
    child.once('error', () => {});
    throw notStarted(path, Object.assign(new Error('no pipes'), { code: 'EMFILE' }));
  }
  killAtExit(child);
  // The end of the process also shows as errors of its streams; `done` reports it better.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
  return child;
}

/** Reads a child's stderr by lines, and keeps the last `stderrTailLines` of them. */
function readStderr(
  child: ChildProcess,
  onLine: ProcessOptions['onStderrLine'],
): { readonly tail: readonly string[]; readonly end: () => void } {
  const tail: string[] = [];
  const lines = splitLines((line) => {
    tail.push(line);
    if (tail.length > stderrTailLines) tail.shift();
    onLine?.(line);
  });
  child.stderr!.setEncoding('utf8').on('data', lines.push);
  return { tail, end: lines.end };
}

/**
 * Starts `path` with `args`, without a shell. Throws `VsrError('interrupted')` if `signal` has
 * already fired; a signal that fires later kills the process.
 */
export function startProcess(
  path: string,
  args: readonly string[],
  options: ProcessOptions = {},
): MediaProcess {
  throwIfAborted(options.signal);
  const child = spawnChild(path, args, options);
  const stdout = child.stdout!;
  const stderr = readStderr(child, options.onStderrLine);
  let timer: NodeJS.Timeout | undefined;
  let gone = false;
  let stalled = false;
  const limit = options.stallTimeoutMs;
  const done = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', (error) => {
      gone = true;
      reject(notStarted(path, error));
    });
    child.once('close', (code, signal) => {
      gone = true;
      stderr.end();
      if (stalled) {
        const seconds = Math.round(limit! / 1000);
        const hung = `${path} hung: it has done nothing for ${seconds} s.`;
        reject(passing(new VsrError('media', hung)));
      } else resolve({ code, signal, stderrTail: [...stderr.tail] });
    });
  });
  const kill = (): Promise<ProcessEnd> => {
    if (!gone && timer === undefined) {
      sendTo(child, 'SIGTERM');
      timer = setTimeout(() => sendTo(child, 'SIGKILL'), killGraceMs);
      // Nobody reads the rest of its output any more, and unread output keeps the pipe open.
      stdout.destroy();
      child.stdin?.destroy();
    }
    return done;
  };
  const unwatch =
    limit === undefined || child.pid === undefined
      ? () => {}
      : watchWork(child.pid, limit, () => {
          stalled = true;
          kill().catch(() => {});
        });
  const onAbort = (): void => void kill().catch(() => {});
  options.signal?.addEventListener('abort', onAbort, { once: true });
  done
    .catch(() => {})
    .finally(() => {
      unwatch();
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    });
  return { pid: child.pid ?? null, stdout, stdin: child.stdin, done, kill };
}

/** Throws `VsrError('interrupted')` once `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new VsrError('interrupted', 'Interrupted.', { cause: signal.reason });
  }
}

/** A process that has ended, and everything that it wrote to stdout. */
export type FinishedProcess = ProcessEnd & { readonly stdout: string };

/**
 * Runs a process with short output, and collects its stdout as UTF-8. Kills it and throws
 * `VsrError('media')` if it writes more than `maxBytes` (default 64 MiB), or hangs for
 * `stallTimeoutMs` (default `defaultStallMs`); throws `VsrError('interrupted')` once `signal`
 * fires.
 */
export async function runProcess(
  path: string,
  args: readonly string[],
  options: Omit<ProcessOptions, 'stdin'> & { readonly maxBytes?: number } = {},
): Promise<FinishedProcess> {
  const child = startProcess(path, args, { stallTimeoutMs: defaultStallMs, ...options });
  const limit = options.maxBytes ?? 64 * 1024 * 1024;
  const chunks: Buffer[] = [];
  let size = 0;
  let tooMuch = false;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) return void chunks.push(chunk);
    tooMuch = true;
    child.kill().catch(() => {});
  });
  const end = await child.done.catch((error: unknown) => {
    throwIfAborted(options.signal);
    throw error;
  });
  throwIfAborted(options.signal);
  if (tooMuch) throw new VsrError('media', `${path} wrote more than ${limit} bytes.`);
  return { ...end, stdout: Buffer.concat(chunks).toString('utf8') };
}
