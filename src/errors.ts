/**
 * What kind of failure this is; it alone decides the exit code.
 *
 * - `option`: the call is wrong (unknown option, impossible scale, unknown name). Exit code 2.
 * - `media`, `model`, `provider`, `disk`, `busy`, `queue`: the job failed on content or at run
 *   time. Exit code 1.
 * - `interrupted`: a signal or an abort stopped the job. Exit code 130.
 */
export const errorCodes = [
  'option',
  'media',
  'model',
  'provider',
  'disk',
  'busy',
  'queue',
  'interrupted',
] as const;
export type VsrErrorCode = (typeof errorCodes)[number];

/** A failure that the user can act on. Anything else that is thrown is a bug in vsr. */
export class VsrError extends Error {
  static {
    // On the prototype, so that printing an error does not repeat it.
    Object.defineProperty(this.prototype, 'name', { value: 'VsrError' });
  }
  readonly code: VsrErrorCode;
  /** For a bad value, the option it was given for; the command line has another name for it. */
  declare readonly bad?: { readonly name: string };
  /** The cause may pass: trying again may succeed. */
  declare readonly passing?: true;
  constructor(code: VsrErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error whose cause may pass: a program that hangs, a device that was lost. */
export function passing(error: VsrError): VsrError {
  return Object.assign(error, { passing: true as const });
}

/**
 * Whether trying again may succeed: after a hang, a lost device, a disk error. Damaged sources and
 * wrong calls fail again.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof VsrError)) return false;
  return error.passing === true || error.code === 'disk' || mayPass(error.cause);
}

/** The exit code after `error`: 2, 1 or 130; 1 for anything that is no `VsrError`. */
export function exitCodeOf(error: unknown): 1 | 2 | 130 {
  if (!(error instanceof VsrError)) return 1;
  if (error.code === 'option') return 2;
  return error.code === 'interrupted' ? 130 : 1;
}

/** What the system may run out of, by its error codes, and what helps. */
const shortages: Readonly<Record<string, string>> = {
  EMFILE:
    'This process may open no more files. Raise the limit (ulimit -n), or do less at once (--jobs, --workers).',
  ENFILE: 'This machine can open no more files. End other programs, or do less at once.',
  EAGAIN:
    'This user may start no more processes or threads. Raise the limit (ulimit -u), or do less at once (--jobs, --workers).',
  ENOMEM: 'There is no memory left. End other programs, or do less at once (--jobs, --workers).',
};

/** A sentence that says what the system ran out of, where `error` says so; otherwise `null`. */
export function shortageOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, message } = error as NodeJS.ErrnoException;
  // A thread that cannot start has a code of Node's own, and the system's in its message.
  const name = code === 'ERR_WORKER_INIT_FAILED' ? message.split(' ').at(-1) : code;
  return name !== undefined && Object.hasOwn(shortages, name) ? shortages[name]! : null;
}

/** An error as plain values, for events and summaries. */
export type ErrorFacts = {
  /** `bug` for anything thrown that is no `VsrError`. */
  readonly code: VsrErrorCode | 'bug';
  /** One or two sentences: what was expected, what was found, where, and what to try. */
  readonly message: string;
  /** The exit code of a process that fails by it alone. */
  readonly exitCode: 1 | 2 | 130;
  /** The option that had a bad value, by its name in the library. */
  readonly option?: string;
  /** Where a bug was thrown: its stack. */
  readonly detail?: string;
};

/** Anything that was thrown, as plain values. */
export function errorFacts(error: unknown): ErrorFacts {
  const exitCode = exitCodeOf(error);
  const message = messageOf(error);
  if (!(error instanceof VsrError)) {
    const shortage = shortageOf(error);
    if (shortage !== null) return { code: 'busy', message: shortage, exitCode };
    const detail = error instanceof Error ? error.stack : undefined;
    return { code: 'bug', message, exitCode, ...(detail === undefined ? {} : { detail }) };
  }
  const option = error.bad?.name;
  return { code: error.code, message, exitCode, ...(option === undefined ? {} : { option }) };
}

/** An error with the facts of another one, to be thrown. */
export function errorOf({ code, message, option }: ErrorFacts): Error {
  if (code === 'bug') return new Error(message);
  const error = new VsrError(code, message);
  return option === undefined ? error : Object.assign(error, { bad: { name: option } });
}

/**
 * The common form of messages on bad values: what was expected, for what, what was given, and what
 * to try.
 *
 * `badValue('a positive integer', '--workers', 'x')` reads `Expected a positive integer for
 * --workers but received "x".`
 */
export function badValue(
  expected: string,
  name: string,
  received: unknown,
  advice?: string,
): VsrError {
  const shown =
    typeof received === 'string'
      ? JSON.stringify(received)
      : typeof received === 'number'
        ? String(received)
        : `${String(received)} of type ${received === null ? 'null' : typeof received}`;
  const tail = advice === undefined || advice === '' ? '' : ` ${advice}`;
  const message = `Expected ${expected} for ${name} but received ${shown}.${tail}`;
  return Object.assign(new VsrError('option', message), { bad: { name } });
}

/**
 * As `badValue`, for a file, folder or program that is not there or does not work. The call is
 * right, but the job cannot be done: exit code 1.
 */
export function unusable(
  expected: string,
  name: string,
  received: string,
  advice?: string,
  options?: ErrorOptions,
): VsrError {
  const { message, bad } = badValue(expected, name, received, advice);
  return Object.assign(new VsrError('media', message, options), { bad: bad! });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
