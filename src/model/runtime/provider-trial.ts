import { fork } from 'node:child_process';
import { switchOffTelemetry } from '../../telemetry.js';
import type { ProviderName } from './providers.js';

/** What the process of a trial is to start: a provider, on the model in the file `model`. */
export type ProviderTask = { readonly name: ProviderName; readonly model: string };

/** How the start of a provider went: the number of its device, or the reason of the failure. */
export type ProviderStart = { readonly device: number } | { readonly failure: string };

/** How the start went, and what the libraries of the provider printed meanwhile. */
export type ProviderTrial = { readonly start: ProviderStart; readonly printed: string };

/** A device may take long to start, but one that takes longer than this hangs. */
const limitMs = 60_000;

/** The most that is kept of what libraries print, in characters. */
const mostPrinted = 64 * 1024;

/**
 * Starts a provider in a process of its own: the libraries of devices may print to the terminal
 * past Node, hang, or crash the process.
 */
export function tryProvider(task: ProviderTask): Promise<ProviderTrial> {
  switchOffTelemetry();
  return new Promise((resolve) => {
    const child = fork(new URL('./provider-trial-child.js', import.meta.url), {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream!.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(0, mostPrinted);
      });
    }
    let start: ProviderStart | undefined;
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    const timer = setTimeout(() => {
      start ??= { failure: `It has not started after ${limitMs / 1000} seconds.` };
      kill();
    }, limitMs);
    const end = (why: string): void => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve({ start: start ?? { failure: `Its process ended (${why}).` }, printed });
    };
    child.on('message', (reply: ProviderStart) => (start ??= reply));
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
    child.send(task, () => {});
  });
}
