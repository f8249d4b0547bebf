import { setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into each process that the queue starts, before the command line. The IPC channel closes
 * when the queue's process ends, even by a kill: then this process ends as by Ctrl-C, and keeps its
 * finished segments. Otherwise a queue that starts again would find its clips locked.
 */
if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
  // An open channel must not keep this process from ending.
  process.channel?.unref();
  // At low priority, so that other programs on the machine are not slowed down.
  if (import.meta.url.endsWith('?polite')) setPriority(10);
}
