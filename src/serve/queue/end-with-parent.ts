import { setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into each process that the queue starts, before the command line. The channel to the
 * queue's process closes when that is gone, however it went: then this one ends as by Ctrl-C, and
 * keeps its finished segments. Otherwise a queue that starts again would find its clips locked.
 */
if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
  // To wait for that is no reason to stay.
  process.channel?.unref();
  // Below what people do at the same machine.
  if (import.meta.url.endsWith('?polite')) setPriority(10);
}
