import { execFile } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** How a run of the command line ended. */
export type VsrRun = { readonly stdout: string; readonly stderr: string; readonly code: number };

/** Runs the command line as a user does; never rejects for an exit code. */
export function runVsr(...args: string[]): Promise<VsrRun> {
  const bin = path.join(packageRoot(), 'bin', 'vsr.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ stdout, stderr, code });
    });
  });
}
