import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, VsrError, type VsrErrorCode } from '../errors.js';
import type { Precision } from '../model/precision.js';
import type { ProviderCandidate } from '../model/providers.js';
import type { FrameTrace } from './frame-reuse.js';
import { type EnlargedFrame, type EnlargerSpec, openFrameEnlarger } from './frame-enlarger.js';

/** One frame to enlarge; the bytes lie in shared memory. */
export type FrameJob = {
  readonly frame: FrameTrace;
  readonly reference: Uint8Array | null;
  /** The frame given before this one, if what did not change is to be copied from it. */
  readonly before: FrameTrace | null;
  /** Another thread enlarges this frame: only to take runs off it. */
  readonly helps: boolean;
};

/** What a worker sends. */
export type WorkerReply =
  | {
      readonly kind: 'ready';
      readonly provider: ProviderCandidate;
      readonly precision: Precision;
    }
  | { readonly kind: 'done'; readonly result: EnlargedFrame }
  | { readonly kind: 'failed'; readonly code: VsrErrorCode; readonly message: string };

/** The body of a worker thread: opens its session, then enlarges frame after frame. */
async function serve(): Promise<void> {
  const port = parentPort!;
  const send = (reply: WorkerReply): void => port.postMessage(reply);
  const fail = (error: unknown): void => {
    const code = error instanceof VsrError ? error.code : 'model';
    const message =
      error instanceof VsrError
        ? error.message
        : `The model failed while running: ${messageOf(error).replace(/\s+/g, ' ')}`;
    send({ kind: 'failed', code, message });
  };
  try {
    const enlarger = await openFrameEnlarger(workerData as EnlargerSpec);
    port.on('message', (job: FrameJob | null) => {
      if (job === null) {
        port.close(); // Nothing else keeps the thread: it ends.
        return;
      }
      const { frame, reference, before } = job;
      const work = job.helps ? enlarger.help(frame) : enlarger.enlarge(frame, reference, before);
      work.then((result) => send({ kind: 'done', result }), fail);
    });
    const { provider, precision } = enlarger;
    send({ kind: 'ready', provider, precision });
  } catch (error) {
    fail(error);
  }
}

if (parentPort !== null) await serve();
