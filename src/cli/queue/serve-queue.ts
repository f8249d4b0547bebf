import path from 'node:path';
import { VsrError } from '../../errors.js';
import { queueVariables } from '../../queue/redis/address.js';
import { Roots } from '../../queue/roots.js';
import { Machines } from '../../serve/machines/machines.js';
import type { FarQueue } from '../../serve/queue/job-run.js';
import { addressOf, type QueueFlags } from './queue-flags.js';

/** Options of `vsr serve` by which the machines of a queue in Redis do the work. */
export type ServeQueueFlags = QueueFlags & { root?: string[]; jobs?: number };

/** Default number of the page's clips that are in the queue at a time. */
export const usualJobs = 4;

/** What `vsr serve` needs of a queue in Redis. */
export type ServeQueue = {
  readonly machines: Machines;
  readonly far: FarQueue;
  readonly roots: Roots;
  readonly atOnce: number;
};

/**
 * The queue that `--queue` names; `null` without that option. Throws VsrError `option` for other
 * options of a queue without `--queue`, and for `--queue` without `--root`.
 */
export async function serveQueueOf(flags: ServeQueueFlags): Promise<ServeQueue | null> {
  const { queue, root, jobs, queueCa } = flags;
  if (queue === undefined) {
    const idle = Object.entries({
      ...{ '--root': root, '--jobs': jobs },
      ...{ '--queue-password-file': flags.queuePasswordFile, '--queue-ca': queueCa },
    }).find(([, value]) => value !== undefined);
    if (idle === undefined) return null;
    throw new VsrError(
      'option',
      `Expected --queue with ${idle[0]}, which is an option for a queue.`,
    );
  }
  if (root === undefined) {
    throw new VsrError(
      'option',
      'Expected --root with --queue: the folder that this machine shares with the workers, as --root media=/mnt/media.',
    );
  }
  const address = addressOf(flags);
  const roots = await Roots.of(root);
  const machines = await Machines.open(address, roots);
  const { password } = address;
  const words = [
    `--queue=${address.shown}`,
    ...root.map((each) => `--root=${each}`),
    ...(queueCa === undefined ? [] : [`--queue-ca=${path.resolve(queueCa)}`]),
  ];
  return {
    machines,
    roots,
    atOnce: jobs ?? usualJobs,
    far: {
      words,
      secrets: password === null ? {} : { [queueVariables.password]: password },
      takeBack: (clip) => machines.takeBack(clip),
    },
  };
}
