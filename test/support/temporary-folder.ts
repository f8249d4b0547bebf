import { mkdtempSync, rmSync } from 'node:fs';
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
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
