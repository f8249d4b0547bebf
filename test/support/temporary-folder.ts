import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/**
 * A new, empty folder, in the system's temporary folder or in `within`. It is removed when the
 * file, the suite or the test that called this is over. Not to be called in a `before`, which is
 * over before the tests begin.
 */
export function temporaryFolder(within = os.tmpdir()): string {
  const folder = mkdtempSync(path.join(within, 'vsr-test-'));
  // A process that a test did not wait for may still write a file: then removal is tried again.
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  return folder;
}
