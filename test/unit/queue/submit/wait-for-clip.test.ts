import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClipEntry, QueueBook } from '../../../../src/queue/redis/book.js';
import type { QueueConnection } from '../../../../src/queue/redis/connection.js';
import { waitForClip, type WatchEnd } from '../../../../src/queue/submit/wait-for-clip.js';

/** What the book and the queue say each time that they are asked; the last words stay. */
type Said = {
  readonly book: readonly (Pick<ClipEntry, 'state' | 'cause'> | null)[];
  readonly join: readonly { readonly state: string; readonly failedReason?: string }[];
};

async function endOf({ book, join }: Said): Promise<WatchEnd> {
  const next = <T>(list: readonly T[]): (() => T) => {
    const left = [...list];
    return () => (left.length > 1 ? left.shift()! : left[0]!);
  };
  const [entry, job] = [next(book), next(join)];
  return waitForClip({
    book: {
      clip: () => Promise.resolve(entry() as ClipEntry | null),
      progress: () => Promise.resolve({ frames: 0, psnr: null }),
      end: () => Promise.resolve(true),
    } as unknown as QueueBook,
    connection: {
      queue: () => ({
        getJob: () => {
          const { state, failedReason } = job();
          return Promise.resolve({ failedReason, getState: () => Promise.resolve(state) });
        },
      }),
    } as unknown as QueueConnection,
    clip: { id: 'a', fingerprint: 'f' },
    signal: new AbortController().signal,
    joins: false,
    onProgress: () => {},
  });
}

const open = { state: 'open', cause: null } as const;

test('the cause that a worker noted is told, also where it came between two questions', async () => {
  const failed = { state: 'failed', cause: 'The disk is full.' } as const;
  // The job was read before it failed, so it does not say why.
  const end = await endOf({ book: [open, failed], join: [{ state: 'failed' }] });
  assert.deepEqual(end, failed);
});

test('a cause that no worker could note is that of the job, read after it failed', async () => {
  const join = [{ state: 'failed' }, { state: 'failed', failedReason: 'job stalled' }];
  const end = await endOf({ book: [open], join });
  assert.deepEqual(end, { state: 'failed', cause: 'job stalled' });
});

test('a clip that the book does not know is lost, and one that was cancelled says so', async () => {
  assert.deepEqual(await endOf({ book: [null], join: [] }), { state: 'lost' });
  const cancelled = { state: 'cancelled', cause: null } as const;
  assert.deepEqual(await endOf({ book: [cancelled], join: [] }), cancelled);
});
