import type { Worker } from 'node:worker_threads';
import { messageOf, passing, VsrError, type VsrErrorCode } from '../errors.js';
import type { InferenceGraph } from '../model/load/inference-graph.js';
import type { EnlargerSpec, WhatRuns } from './frame-enlarger.js';
import type { WorkerReply } from './upscale-worker.js';

/** Starts `count` threads; none where it is negative. */
export function others<T>(count: number, start: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: Math.max(0, count) }, start);
}

/** The failure of a frame, as an error. A device that failed may work again on another try. */
export function runningFailure({
  code,
  message,
}: {
  code: VsrErrorCode;
  message: string;
}): VsrError {
  const error = new VsrError(code, message);
  return code === 'provider' ? passing(error) : error;
}

/** The error for a thread that ended by itself. */
export function stopped(reason: string, cause?: unknown): VsrError {
  return new VsrError(
    'provider',
    `An inference thread stopped: ${reason}. Was memory short? Try fewer --workers.`,
    { cause },
  );
}

/** What a new thread runs on, once its session is open. */
export function readyOf(worker: Worker): Promise<WhatRuns> {
  return new Promise((resolve, reject) => {
    // Only the first of these counts; a settled promise ignores the rest.
    worker.once('message', (reply: WorkerReply) => {
      if (reply.kind === 'ready') resolve(reply);
      else if (reply.kind === 'failed') reject(new VsrError(reply.code, reply.message));
    });
    worker.once('error', (error) => reject(stopped(messageOf(error), error)));
    worker.once('exit', (code) =>
      reject(stopped(`it ended with exit code ${code} while starting`)),
    );
  });
}

/** A thread that does all but the network, which runs as `runs` says: it needs no model. */
export function withoutNetwork(spec: EnlargerSpec, runs: WhatRuns): EnlargerSpec {
  const bare = (graph: InferenceGraph) => ({ ...graph, bytes: new Uint8Array(0) });
  const { graph, cpuGraph } = spec;
  return {
    ...spec,
    ...{ graph: bare(graph), cpuGraph: bare(cpuGraph), half: null },
    ...{ candidates: [runs.provider], runsElsewhere: runs },
  };
}

/**
 * A thread with one more session like that of `runs`: in the precision that was found best there,
 * so that both make the same samples, and tried at once, since memory may be short.
 */
export function again(spec: EnlargerSpec, { provider, precision }: WhatRuns): EnlargerSpec {
  const half = precision === 'fp16' && spec.half !== null ? { ...spec.half, demanded: true } : null;
  return { ...spec, candidates: [provider], half, triesFirst: true };
}
