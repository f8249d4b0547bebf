import { Command } from 'commander';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { AddressInfo } from 'node:net';
import { VsrError } from '../../errors.js';
import { queueName } from '../../queue/fingerprint.js';
import { withoutSecrets } from '../../queue/job/payload.js';
import { QueueBook } from '../../queue/redis/book.js';
import { connectQueue, type QueueConnection } from '../../queue/redis/connection.js';
import { refusal } from '../../serve/web/guard.js';
import { wholeNumber } from '../display/numbers.js';
import { say } from '../display/say.js';
import { patientInterruption } from '../process/interruption.js';
import { addressOf, withQueueOptions, type QueueFlags } from './queue-flags.js';

/** Packages that are no part of vsr: few need a page to look at jobs. */
const packages = ['@bull-board/api', '@bull-board/fastify'] as const;
/** The version of both that was tried. */
const boardVersion = '9.10';

/** The parts of bull-board that are used. Its own types are not imported: it may be absent. */
type QueueAdapter = {
  setFormatter(field: 'data', formatter: (data: unknown) => unknown): void;
};
type Board = {
  readonly createBullBoard: (parts: {
    readonly queues: readonly QueueAdapter[];
    readonly serverAdapter: FastifyAdapter;
  }) => void;
  readonly BullMQAdapter: new (
    queue: unknown,
    options: { readonly readOnlyMode: boolean },
  ) => QueueAdapter;
  readonly FastifyAdapter: new () => FastifyAdapter;
};
type FastifyAdapter = { registerPlugin(): FastifyPluginCallback };

/** Loads bull-board. Throws VsrError `queue` naming how to install what is absent. */
export async function loadBoard(
  load = (name: string): Promise<unknown> => import(name),
): Promise<Board> {
  try {
    const [api, fastifyPart] = packages;
    const parts = await Promise.all([load(api), load(`${api}/bullMQAdapter`), load(fastifyPart)]);
    return Object.assign({}, ...parts) as Board;
  } catch (cause) {
    const wanted = packages.map((name) => `${name}@${boardVersion}`).join(' ');
    throw new VsrError(
      'queue',
      `vsr queue board needs packages that are not installed with vsr: npm install -g ${wanted}, or without -g where vsr is installed so.`,
      { cause },
    );
  }
}

/** Serves the board to this machine alone, read-only: `vsr queue` is what controls jobs. */
async function boardServer(
  { createBullBoard, BullMQAdapter, FastifyAdapter }: Board,
  connection: QueueConnection,
  fingerprints: readonly string[],
): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify');
  const queues = fingerprints.map((id) => {
    const adapter = new BullMQAdapter(connection.queue(queueName(id)), { readOnlyMode: true });
    adapter.setFormatter('data', withoutSecrets);
    return adapter;
  });
  const serverAdapter = new FastifyAdapter();
  createBullBoard({ queues, serverAdapter });
  const server = fastify();
  server.addHook('onRequest', async ({ method, headers, socket }, reply) => {
    const why = refusal({ method, headers }, socket.localPort ?? 0, null);
    return why === null ? undefined : reply.code(403).send({ error: `Refused: ${why}.` });
  });
  void server.register(serverAdapter.registerPlugin());
  return server;
}

type Flags = QueueFlags & { readonly port: number };

async function show(flags: Flags): Promise<void> {
  const signal = patientInterruption();
  const board = await loadBoard();
  await using connection = await connectQueue(addressOf(flags));
  const fingerprints = await new QueueBook(connection.redis).fingerprints();
  if (fingerprints.length === 0) {
    throw new VsrError(
      'queue',
      'There is nothing to show: the queue has had no worker and no clip.',
    );
  }
  const server = await boardServer(
    board,
    connection,
    fingerprints.map(({ id }) => id),
  );
  try {
    await server.listen({ host: '127.0.0.1', port: flags.port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new VsrError('option', `Port ${flags.port} is taken. Try --port 0.`, { cause });
  }
  const { port } = server.server.address() as AddressInfo;
  say(`The board is at http://127.0.0.1:${port}/ until Ctrl-C.`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  server.server.closeAllConnections();
  await server.close();
}

/** The command `vsr queue board`. */
export function boardCommand(): Command {
  return withQueueOptions(
    new Command('board')
      .summary('serve a page of all jobs to this machine, by bull-board')
      .description(
        'Serves a page of all jobs to this machine alone, by bull-board (packages of its own).',
      ),
  )
    .option('--port <n>', 'port; 0 takes a free one', wholeNumber(0), 8322)
    .action(show);
}
