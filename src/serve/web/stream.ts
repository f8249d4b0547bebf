import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Machines } from '../machines/machines.js';
import type { Queue, QueueChange } from '../queue/queue.js';

/** Milliseconds over which changes are collected, so that the page draws many of them at once. */
const gatherMs = 150;

/** Milliseconds between comment lines, which keep the connection open through proxies. */
const heartbeatMs = 15_000;

/**
 * Sends a queue as server-sent events until the browser closes the request: `state` with all jobs,
 * then `changes` with a list of changes as they come; and `machines` with the view of a queue in
 * Redis, at first and whenever that changes.
 */
export function streamChanges(
  { queue, machines }: { readonly queue: Queue; readonly machines: Machines | null },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  const send = (name: string, data: unknown): void => {
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  send('state', { jobs: queue.jobs, paused: queue.paused });
  if (machines !== null) send('machines', machines.view);
  const turnAway = machines?.listen((view) => send('machines', view));
  /** The newest change of each kind and job, which replaces those before it. */
  const gathered = new Map<string, QueueChange>();
  let timer: NodeJS.Timeout | null = null;
  const leave = queue.listen((change) => {
    const key = change.kind === 'order' ? 'order' : `${change.kind} ${change.id}`;
    gathered.delete(key);
    gathered.set(key, change);
    timer ??= setTimeout(() => {
      timer = null;
      send('changes', [...gathered.values()]);
      gathered.clear();
    }, gatherMs);
  });
  const beat = setInterval(() => response.write(':\n\n'), heartbeatMs);
  request.once('close', () => {
    leave();
    turnAway?.();
    clearInterval(beat);
    if (timer !== null) clearTimeout(timer);
  });
}
