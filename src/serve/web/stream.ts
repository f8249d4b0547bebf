import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Machines } from '../machines/machines.js';
import type { Queue, QueueChange } from '../queue/queue.js';

/** Changes are gathered for so long, in milliseconds: a thousand of them are drawn at once. */
const gatherMs = 150;

/** A line of no meaning keeps the connection open through proxies, in milliseconds. */
const heartbeatMs = 15_000;

/**
 * Sends a queue's state, and then its changes as they come, as server-sent events: `state` first,
 * then `changes` with a list; and `machines` with what is seen of a queue of many machines.
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
  /** The newest of each kind and job; what came before it is not worth telling. */
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
