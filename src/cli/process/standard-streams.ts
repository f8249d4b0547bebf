import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { messageOf, VsrError } from '../../errors.js';
import { spoolStdin } from '../../media/source/spool.js';
import { say } from '../display/say.js';

/**
 * Reads standard input to a file of `folder`; its path. Throws VsrError `option` on a terminal,
 * `interrupted` once `signal` fires.
 */
export async function spoolInput(folder: string, signal: AbortSignal): Promise<string> {
  if (process.stdin.isTTY) {
    throw new VsrError(
      'option',
      'Expected a clip on standard input, since the input is -, but it is a terminal.',
    );
  }
  return spoolStdin(folder, signal);
}

/** Writes a file to standard output. */
export async function streamOutput(file: string): Promise<void> {
  if (process.stdout.isTTY) {
    throw new VsrError(
      'option',
      'Standard output is a terminal: redirect it, since the output is -.',
    );
  }
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), process.stdout, {
    end: false,
  }).catch((cause: unknown) => {
    throw new VsrError('disk', `Standard output took no more: ${messageOf(cause)}.`, { cause });
  });
}

/**
 * Ends the process with one sentence and exit code 1 where standard output fails (a full disk). A
 * reader that closes its pipe early (`vsr models | head -1`) is no failure.
 */
export function watchStandardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    say(`vsr: Standard output took no more: ${error.message}.`);
    process.exit(1);
  });
  // With standard error gone, nothing can be said; the job itself goes on.
  process.stderr.on('error', () => {});
}
