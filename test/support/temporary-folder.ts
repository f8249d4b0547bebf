import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/**
 * A new folder, empty, which is removed when the tests of the file (or of the suite) that asked for
 * it are over.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vsr-test-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
