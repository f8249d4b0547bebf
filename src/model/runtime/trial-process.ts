import { fork } from 'node:child_process';
import { switchOffTelemetry } from '../../telemetry.js';

/** What a trial runs: a model's file on a grey picture of `dims`. */
export type TrialTask = {
  readonly bytes: Uint8Array;
  readonly type: 'float32' | 'float16' | 'uint8';
  readonly input: string;
  readonly output: string;
  readonly dims: readonly number[];
};

/**
 * The result of a trial. `dims` is the shape of the output; `energy` the sum of squares of its
 * values, `null` where these are not float32.
 */
export type TrialResult = { readonly dims: readonly number[]; readonly energy: number | null };

/** A message of the process of a trial: `open` once the model is loaded, and the end. */
export type TrialReply = 'open' | TrialResult | { readonly failure: string };

/**
 * Runs a model from an untrusted source once, in a process of its own, so that a model that loops
 * without end or crashes the runtime does no harm. `limitMs` is the limit for loading it, and the
 * same again for running it. Rejects with an Error that says what went wrong.
 */
export function tryInProcess(task: TrialTask, limitMs: number): Promise<TrialResult> {
  switchOffTelemetry();
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./trial-child.js', import.meta.url), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    let timer: NodeJS.Timeout;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      process.off('exit', kill);
      kill();
      settle();
    };
    const watch = (doing: string): void => {
      clearTimeout(timer);
      const reason = `it was still ${doing} after ${Math.round(limitMs / 1000)} seconds, and was ended. Does it loop without end?`;
      timer = setTimeout(() => end(() => reject(new Error(reason))), limitMs);
    };
    watch('being loaded');
    child.on('message', (reply: TrialReply) => {
      if (reply === 'open') watch('running');
      else if ('failure' in reply) end(() => reject(new Error(reply.failure)));
      else end(() => resolve(reply));
    });
    child.once('error', (error) => end(() => reject(error)));
    child.once('exit', (code, signal) =>
      end(() =>
        reject(new Error(`the process that tried it ended (${signal ?? `exit code ${code}`})`)),
      ),
    );
    child.send(task, (error) => {
      if (error !== null) end(() => reject(error));
    });
  });
}
