import type { Fingerprint } from '../fingerprint.js';
import type { QueueConnection } from '../redis/connection.js';
import type { Verdict } from './failure.js';
import type { Workshop } from './open-clip.js';

/** What a worker does with its job when it is asked to end: finish it, or give it back. */
export const drainKinds = ['finish', 'giveback'] as const;
export type DrainKind = (typeof drainKinds)[number];

/** What a worker reports while it works. */
export type WorkerEvent =
  | { readonly type: 'ready'; readonly name: string }
  | { readonly type: 'begun'; readonly what: string }
  | { readonly type: 'done'; readonly what: string; readonly seconds: number }
  | { readonly type: 'failed'; readonly what: string; readonly verdict: Verdict }
  | { readonly type: 'given back'; readonly what: string; readonly why: string }
  /** The connection to the server has trouble, for which there is nothing to do but wait. */
  | { readonly type: 'trouble'; readonly message: string };

export type WorkerRequest = {
  readonly connection: QueueConnection;
  readonly fingerprint: Fingerprint;
  readonly workshop: Workshop;
  readonly drain: DrainKind;
  /** Asks the worker to end. */
  readonly signal: AbortSignal;
  readonly tell: (event: WorkerEvent) => void;
};
