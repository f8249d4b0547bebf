/** How quickly the machines of a queue notice that one of them is gone. */
export type QueueTimes = {
  /** Milliseconds after which a job whose worker renewed nothing is given to another. */
  readonly lockMs: number;
  /** Milliseconds from one look for such jobs to the next. */
  readonly stalledMs: number;
  /** Milliseconds without an answer after which a connection counts as broken. */
  readonly socketMs: number;
  /** Milliseconds after which a job that failed is tried again, the first time; then twice that. */
  readonly backoffMs: number;
  /**
   * Milliseconds from one sign of life of a worker to the next, of which `lockMs` holds several.
   */
  readonly heartbeatMs: number;
};

/** Only tests shorten them: what they watch would otherwise take minutes. */
const testVariable = 'VSR_TEST_QUEUE_LOCK_MS';

/** The times that hold here; docs/many-machines.md tells what they were measured to give. */
export function queueTimes(environment = process.env): QueueTimes {
  const lockMs = Number(environment[testVariable] ?? '') || 15_000;
  return {
    lockMs,
    stalledMs: Math.round(lockMs / 3),
    socketMs: lockMs,
    backoffMs: Math.round(lockMs / 10),
    heartbeatMs: Math.round(lockMs / 6),
  };
}

/** How often a job may be given on because its worker was lost, before it counts as failed. */
export const MOST_STALLS = 5;

/** How often a job that fails is tried. */
export const ATTEMPTS = 4;
