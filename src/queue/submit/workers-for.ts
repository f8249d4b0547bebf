import type { WorkerEntry } from '../redis/book.js';
import type { ClipOrder } from './flow.js';

/** The workers that can take a clip: those of its fingerprint that have its roots. */
export function workersFor(
  workers: readonly WorkerEntry[],
  { fingerprint, ref }: Pick<ClipOrder, 'fingerprint' | 'ref'>,
): WorkerEntry[] {
  return workers.filter(
    (worker) =>
      worker.fingerprint === fingerprint &&
      [ref.input.root, ref.output.root].every((root) => worker.roots.includes(root)),
  );
}
