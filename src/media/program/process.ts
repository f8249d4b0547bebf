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
  /** Must be read to its end, or the process be killed. */
  readonly stdout: Readable;
  /**
   * `null` unless asked for. Errors after the process went are swallowed here; a write's own
   * callback still gets them.
   */
  readonly stdin: Writable | null;
  /**
   * Settles once the process has gone and its pipes are closed. Rejects only if it could not be
   * started.
   */
  readonly done: Promise<ProcessEnd>;
  /** Ends the process: SIGTERM, and SIGKILL a second later. Returns `done`; safe to call again. */
  kill(): Promise<ProcessEnd>;
}

export type ProcessOptions = {
  readonly stdin?: 'pipe' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The folder in which it runs. Default: this process's own. */
  readonly cwd?: string | undefined;
  /**
   * Milliseconds without any work done after which it counts as hanging and is killed; `done` then
   * rejects. Only where the output is always read. Default: never.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Called for each whole line on stderr, in order, without its line break. */
  readonly onStderrLine?: ((line: string) => void) | undefined;
};

/** How many lines of stderr are kept for an error message. */
export const stderrTailLines = 40;

/** Milliseconds between SIGTERM and SIGKILL. */
export const killGraceMs = 1000;

/** A line longer than this is cut: a stranger's metadata must not fill the memory. */
const longestLine = 8192;

/**
 * The bundled programs are linked statically, and crash (SIGSEGV, the ffprobe of 2023 on glibc
 * 2.36) in the host's character set modules as soon as they meet a transport stream's service name:
 * they get to see none.
 */
function environmentOf(path: string): NodeJS.ProcessEnv {
  const bundled = /[\\/]@ff(?:mpeg|probe)-installer[\\/]/.test(path);
  return bundled ? { ...process.env, GCONV_PATH: '/nonexistent' } : process.env;
}

/** Default of the milliseconds after which a process that does nothing is given up. */
export const defaultStallMs = 120_000;

const running = new Set<ChildProcess>();
let watching = false;

/** Kills what still runs when this process exits, however it comes to that. */
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
 * Signals a child and all that it has started: a wrapper script must not leave its ffmpeg behind.
 */
function sendTo(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // The group has gone, or never was.
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

/** Starts a child in a group of its own, which goes when this process does. */
function spawnChild(path: string, args: readonly string[], options: ProcessOptions): ChildProcess {
  const child = spawn(path, args, {
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environmentOf(path),
    // A group of its own: Ctrl-C in a terminal reaches vsr alone, which then ends its children in
    // order.
    detached: process.platform !== 'win32',
  });
  // Where no more files can be opened, Node makes a child without streams.
  if ((child.stdout as Readable | null | undefined) === undefined) {
    child.once('error', () => {});
    throw notStarted(path, Object.assign(new Error('no pipes'), { code: 'EMFILE' }));
  }
  killAtExit(child);
  // Both ends report a vanished process as an error of the stream; `done` says it better.
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
      // Its last output has nobody to read it, and unread output keeps the pipe from closing.
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

/** A process that ran to its end, with all it wrote to stdout. */
export type FinishedProcess = ProcessEnd & { readonly stdout: string };

/**
 * Runs a process and collects its stdout as UTF-8; for short answers. Above `maxBytes`
 * (default 64 MiB) the process is killed and a `VsrError('media')` thrown; so it is if it hangs
 * for `stallTimeoutMs` (default `defaultStallMs`).
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
