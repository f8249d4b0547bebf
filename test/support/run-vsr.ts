import { execFile } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** The program, as Node runs it; for tests that start it in a way of their own. */
export const vsrProgram = path.join(packageRoot(), 'bin', 'vsr.js');

/** How a run of the command line ended. */
export type VsrRun = { readonly stdout: string; readonly stderr: string; readonly code: number };

/** Runs the command line as a user does; never rejects for an exit code. */
export function runVsr(...args: string[]): Promise<VsrRun> {
  return new Promise((resolve) => {
    execFile(process.execPath, [vsrProgram, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ stdout, stderr, code });
    });
  });
}
