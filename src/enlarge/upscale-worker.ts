import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { messageOf, VsrError, type VsrErrorCode } from '../errors.js';
import type { Precision } from '../model/runtime/precision.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';
import { nativeWork } from '../native-work.js';
import { deviceFailure } from './device-failure.js';
import type { FrameTrace } from './frame-trace.js';
import { type EnlargedFrame, type EnlargerSpec, openFrameEnlarger } from './frame-enlarger.js';

/** One frame to enlarge; the bytes lie in shared memory. */
export type FrameJob = {
  readonly frame: FrameTrace;
  /** The frame given before this one, if this one is compared with it. */
  readonly before: FrameTrace | null;
  /** Whether another thread enlarges this frame and this one only takes some of its runs. */
  readonly helps: boolean;
};

/** What a worker is told; `null` ends it. */
export type WorkerOrder = FrameJob | null;

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
function serve(port: MessagePort): void {
  const send = (reply: WorkerReply): void => port.postMessage(reply);
  let runsOn: ProviderCandidate | undefined;
  const fail = (thrown: unknown): void => {
    const failedOnDevice =
      runsOn !== undefined && runsOn.name !== 'cpu' && !(thrown instanceof VsrError);
    const error = failedOnDevice ? deviceFailure(runsOn!, thrown) : thrown;
    const code = error instanceof VsrError ? error.code : 'model';
    const message =
      error instanceof VsrError
        ? error.message
        : `The model failed while running: ${messageOf(error).replace(/\s+/g, ' ')}`;
    send({ kind: 'failed', code, message });
  };
  const opened = nativeWork(() => openFrameEnlarger(workerData as EnlargerSpec));
  opened.then(({ provider, precision }) => {
    runsOn = provider;
    send({ kind: 'ready', provider, precision });
  }, fail);
  const work = async ({ frame, before, helps }: FrameJob): Promise<void> => {
    const enlarger = await opened;
    const result = helps ? enlarger.help(frame) : enlarger.enlarge(frame, before);
    send({ kind: 'done', result: await result });
  };
  port.on('message', (order: WorkerOrder) => {
    if (order !== null) {
      work(order).catch(fail);
      return;
    }
    // The thread ends once its port is closed. Ending while the runtime opens a session would
    // crash.
    opened.then(
      () => port.close(),
      () => port.close(),
    );
  });
}

if (parentPort !== null) serve(parentPort);
