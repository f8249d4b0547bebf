import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, messageOf, unusable } from '../../errors.js';
import type { ProgramRun } from '../../events.js';
import { sidecarPathOf } from '../../metrics/sidecar.js';

/** Fields that the words of a program may hold. */
export const programFields = ['input', 'output', 'folder', 'sidecar'] as const;
type ProgramField = (typeof programFields)[number];

const isField = (name: string): name is ProgramField =>
  (programFields as readonly string[]).includes(name);

/** Throws VsrError `option` for empty words, and for unknown fields. */
export function checkProgramWords(words: readonly string[] | undefined): void {
  if (words === undefined) return;
  if (words[0] === undefined || words[0] === '') {
    throw badValue('a program and its words', 'exec', '');
  }
  const fields = words.flatMap((word) => [...word.matchAll(/\{(\w*)\}/g)]);
  const unknown = fields.find(([, name]) => !isField(name!));
  if (unknown === undefined) return;
  const known = programFields.map((field) => `{${field}}`).join(', ');
  throw badValue(`fields of ${known}`, 'exec', unknown[0]);
}

/** Endings of programs on Windows; on other systems a program has none. */
const endings = (): readonly string[] =>
  process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '.EXE').split(';')] : [''];

async function isProgram(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) return false;
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Throws VsrError `media` unless the program of `words` exists, so that a missing one is not
 * noticed only after hours of work.
 */
export async function checkProgram(words: readonly string[] | null): Promise<void> {
  if (words === null) return;
  const program = words[0]!;
  const hasFolder = /[/\\]/.test(program);
  const folders = hasFolder ? [''] : (process.env['PATH'] ?? '').split(path.delimiter);
  for (const folder of folders) {
    for (const ending of endings()) {
      if (await isProgram(path.resolve(folder, `${program}${ending}`))) return;
    }
  }
  const where = hasFolder ? '' : ' on PATH';
  throw unusable(`a program that is there${where}`, 'exec', program);
}

/** How many of the last characters of a program's output are kept, to say why it failed. */
const keptText = 2000;

/** How long a program may take to end after a signal, in milliseconds. */
const graceMs = 1500;

/**
 * Runs the program of `words` for a finished clip, without a shell and with empty standard input;
 * fields become paths within their word. Never rejects: failures are in the result. The program is
 * ended once `signal` fires.
 */
export async function runProgram(
  words: readonly string[],
  { input, output }: { readonly input: string; readonly output: string },
  signal: AbortSignal,
): Promise<ProgramRun> {
  const values: Readonly<Record<ProgramField, string>> = {
    ...{ input, output, folder: path.dirname(output), sidecar: sidecarPathOf(output) },
  };
  const [program, ...args] = words.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (_, name: ProgramField) => values[name]),
  );
  const ended = await endOf(program!, args, signal);
  return { words: [program!, ...args], ...ended };
}

async function endOf(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Pick<ProgramRun, 'exitCode' | 'error'>> {
  if (signal.aborted) return { exitCode: null, error: `${program} was not run: interrupted.` };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (piece: string): void => void (text = (text + piece).slice(-keptText));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill();
    killTimer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code, how] = await new Promise<[number | null, string]>((resolve, reject) => {
      child.once('error', reject);
      // Not `close`: processes that it started may hold the pipes open for days.
      child.once('exit', (code, by) => resolve([code, by ?? '']));
    });
    if (code === 0) return { exitCode: 0, error: null };
    const last = text.trim().split(/\r?\n/).at(-1) ?? '';
    const end = code === null ? `was ended by ${how}` : `ended with exit code ${code}`;
    return { exitCode: code, error: `${program} ${end}${last === '' ? '.' : `: ${last}`}` };
  } catch (cause) {
    return { exitCode: null, error: `${program} could not be started: ${messageOf(cause)}.` };
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener('abort', stop);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
