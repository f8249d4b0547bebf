import { messageOf, VsrError } from '../../errors.js';

/** The packages that a queue needs. */
export type QueueLibraries = {
  readonly bull: typeof import('bullmq');
  readonly Redis: typeof import('ioredis').Redis;
};

/**
 * Loads the packages for queues. No other code imports them, so that a job on one machine does not
 * wait for them. Throws VsrError `queue`.
 */
export async function queueLibraries(): Promise<QueueLibraries> {
  try {
    const [bull, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bull, Redis };
  } catch (cause) {
    throw new VsrError(
      'queue',
      `The packages bullmq and ioredis, which a queue needs, cannot be loaded: ${messageOf(cause)}. Run npm install again.`,
      { cause },
    );
  }
}
