import { VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { queueName } from '../fingerprint.js';
import { isClipName, payloadOf, storedPayload, type ClipRef } from '../job/payload.js';
import { isSharedName } from '../job/share.js';
import type { ClipEntry, QueueBook } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import { addFlow } from '../submit/flow.js';
import { removeJobs } from '../submit/remove-jobs.js';

/** The queue that is controlled. */
export type Control = { readonly connection: QueueConnection; readonly book: QueueBook };

/** The clip with a name in the queue. Throws VsrError `option` where the queue knows none. */
export async function clipNamed({ book, connection }: Control, id: string): Promise<ClipEntry> {
  const entry = isClipName(id) ? await book.clip(id) : null;
  if (entry !== null) return entry;
  throw new VsrError(
    'option',
    `The queue ${connection.address.shown} knows no clip ${JSON.stringify(id)}. vsr queue status lists those there.`,
  );
}

/**
 * Pauses or resumes the queues of all fingerprints; jobs under way are finished. Returns the number
 * of queues.
 */
export async function setPaused({ connection, book }: Control, paused: boolean): Promise<number> {
  const fingerprints = await book.fingerprints();
  for (const { id } of fingerprints) {
    const jobs = connection.queue(queueName(id));
    await (paused ? jobs.pause() : jobs.resume());
  }
  return fingerprints.length;
}

/** The `ClipRef` in a clip's entry. Throws VsrError `media` or `queue` where it is damaged. */
function refOf({ id, ref }: ClipEntry): ClipRef {
  const top = new Field(ref, `the clip ${id}`);
  const place = (name: 'input' | 'output') => ({
    root: top.at(name).at('root').string(),
    path: top.at(name).at('path').string(),
  });
  const [input, output] = [place('input'), place('output')];
  const job = top.at('job').string();
  // Checked like a payload that a worker reads.
  return payloadOf(storedPayload({ clip: id, input, output, job, from: 0, to: 0, share: null }));
}

/**
 * Takes a clip out of the queue. Its jobs under way are stopped; finished segments stay in its work
 * folder, where any later job can go on with them. Throws VsrError `option` for a clip that is
 * done, `busy` where a worker does not release the clip.
 */
export async function cancelClip(control: Control, entry: ClipEntry): Promise<void> {
  const { connection, book } = control;
  // The clip may have ended since its entry was read.
  if (!(await book.end(entry.id, 'cancelled', null)) && (await book.state(entry.id)) === 'done') {
    throw new VsrError('option', `${entry.output} is done: there is nothing to cancel.`);
  }
  await removeJobs(connection, book, entry);
  // The submitter sees that the clip was cancelled, and releases the folder itself.
  if (isSharedName(entry.input)) return;
  await connection
    .queue(queueName(entry.fingerprint))
    .add('release', storedPayload({ ...refOf(entry), from: 0, to: 0, share: null }), {
      ...{ jobId: `${entry.id}-release`, priority: 1, attempts: 1 },
      ...{ removeOnComplete: true, removeOnFail: true },
    });
}

/**
 * Puts a clip that failed or was cancelled into the queue again; finished segments are not made
 * again. Throws VsrError `option` for any other clip, and for one that its submitter served.
 */
export async function retryClip({ connection, book }: Control, entry: ClipEntry): Promise<void> {
  if (entry.state === 'open' || entry.state === 'done') {
    const why = entry.state === 'open' ? 'is under way' : 'is done';
    throw new VsrError('option', `${entry.output} ${why}: there is nothing to try again.`);
  }
  if (isSharedName(entry.input)) {
    throw new VsrError(
      'option',
      `Only the machine that submitted ${entry.input} serves it. Run the same vsr upscale --share there again: what is done is kept.`,
    );
  }
  await removeJobs(connection, book, entry);
  await book.open(entry);
  const { fingerprint, runs, priority } = entry;
  await addFlow(connection, { ref: refOf(entry), share: null, fingerprint, runs, priority });
}

/** Removes a clip that has ended from the queue's book. Throws VsrError `option` for others. */
export async function forgetClip({ connection, book }: Control, entry: ClipEntry): Promise<void> {
  if (entry.state === 'open') {
    throw new VsrError(
      'option',
      `${entry.output} is under way. Cancel it first: vsr queue cancel ${entry.id}.`,
    );
  }
  await removeJobs(connection, book, entry);
  await book.forget(entry.id);
}
