import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError, messageOf } from '../errors.js';

/** A folder that is gone once it is disposed of, or the process exits. */
export interface TemporaryFolder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
}

/**
 * Makes a folder for what a job needs for a while; `parent` is the system's if left out. A `VsrError` of code
 * `disk` if that cannot be.
 */
export async function temporaryFolder(
  name: string,
  parent: string = os.tmpdir(),
): Promise<TemporaryFolder> {
  const folder = await mkdtemp(path.join(parent, `${name}-`)).catch((cause: unknown) => {
    const message = `No temporary folder can be made in ${parent}: ${messageOf(cause)}.`;
    throw new VsrError('disk', message, { cause });
  });
  const atExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    path: folder,
    async [Symbol.asyncDispose]() {
      process.off('exit', atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
