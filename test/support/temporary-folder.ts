import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/**
 * A new folder, empty, among the system's temporary ones or within the folder named. It is removed
 * when what asked for it is over: the file, the suite or the one test. Not for a `before`, which is
 * over before the tests begin.
 */
export function temporaryFolder(within = os.tmpdir()): string {
  const folder = mkdtempSync(path.join(within, 'vsr-test-'));
  // What a test did not wait for may still write a last file: then the removal is tried again.
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  return folder;
}
