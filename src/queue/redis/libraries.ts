import { createRequire } from 'node:module';
import { messageOf, VsrError } from '../../errors.js';

const require = createRequire(import.meta.url);

/** The packages that a queue needs. */
export type QueueLibraries = {
  readonly bull: typeof import('bullmq');
  readonly Redis: typeof import('ioredis').Redis;
};

/**
 * Loads the packages for queues. No other code does, so that a job on one machine does not wait for
 * them. By `require`, since both are CommonJS: `import` reads each of their files twice, to find
 * its exports first, and takes twice the CPU. Throws VsrError `queue`.
 */
export function queueLibraries(): QueueLibraries {
  try {
    const bull = require('bullmq') as typeof import('bullmq');
    const { Redis } = require('ioredis') as typeof import('ioredis');
    return { bull, Redis };
  } catch (cause) {
    throw new VsrError(
      'queue',
      `The packages bullmq and ioredis, which a queue needs, cannot be loaded: ${messageOf(cause)}. Run npm install again.`,
      { cause },
    );
  }
}
