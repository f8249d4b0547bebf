import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { VsrError, errorFacts } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { catalogue } from '../../model/catalogue/catalogue.js';
import { codecNames, qualities } from '../../upscale/plan/options.js';
import type { Folders } from '../folders.js';
import { checkWords, readOptions, type JobOptions } from '../queue/job.js';
import type { Machines } from '../machines/machines.js';
import type { Presets } from '../presets.js';
import type { Previews } from '../previews.js';
import type { JobChange, QueueWork } from '../queue/job-run.js';
import { jobRequests } from '../queue/job-requests.js';
import type { Queue } from '../queue/queue.js';
import type { QueueStore } from '../queue/queue-store.js';
import type { TrackLooker } from '../track-offers.js';
import { assetOf, pageHtml, pagePolicy } from './assets.js';
import { cookieName, refusal } from './guard.js';
import { streamChanges } from './stream.js';

/** What the web server needs. */
export type ServerParts = {
  readonly folders: Folders;
  readonly queue: Queue;
  readonly store: QueueStore;
  readonly work: QueueWork;
  readonly previews: Previews;
  readonly presets: Presets;
  readonly tracks: TrackLooker;
  /** The machines of a queue in Redis that do the work; `null` where this machine does. */
  readonly machines: Machines | null;
  /** The token that a request must carry; `null` where only this machine reaches the address. */
  readonly token: string | null;
};

/** A report may run its own script, but load nothing and reach no address. */
const reportPolicy =
  "sandbox allow-scripts; default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Most bytes shown of a log: its last ones. */
const logBytes = 64 * 1024;

/** Most clips that one request may name. */
const mostInputs = 10_000;

/** The answer to clips that are to be added: how many were, and which cannot be enlarged so. */
export type AddAnswer = {
  readonly added: number;
  readonly refused: readonly { readonly clip: string; readonly why: string }[];
};

/** The web server of the page; not yet listening. */
export function pageServer(parts: ServerParts): FastifyInstance {
  const server = fastify({ bodyLimit: 4 * 1024 * 1024 });
  // Only JSON is accepted, which a form on another site cannot send.
  server.removeContentTypeParser('text/plain');
  guardRequests(server, parts.token);
  answerErrors(server);
  servePage(server);
  serveState(server, parts);
  servePlans(server, parts);
  serveJobs(server, parts);
  serveResults(server, parts);
  return server;
}

/** Refuses requests from other pages, and sets headers that keep answers from other sites. */
function guardRequests(server: FastifyInstance, token: string | null): void {
  server.addHook('onRequest', async (request, reply) => {
    const { method, headers } = request;
    const given = new URL(request.url, 'http://page').searchParams.get('token') ?? undefined;
    const port = request.socket.localPort ?? 0;
    const why = refusal({ method, headers, token: given }, port, token);
    if (why !== null) return reply.code(403).send({ error: `Refused: ${why}.` });
    void reply.headers({
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    if (given !== undefined && token !== null) {
      void reply.header('Set-Cookie', `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`);
    }
    return undefined;
  });
}

/** Answers errors: status 400 where the request is at fault, otherwise the error's own or 500. */
function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((error, _request, reply) => {
    const { code, message } = errorFacts(error);
    const isCallers = code === 'option' || (error instanceof VsrError && code === 'media');
    const status = (error as { statusCode?: number }).statusCode;
    void reply.code(isCallers ? 400 : (status ?? 500)).send({ error: message });
  });
}

/** The page itself, and the scripts and styles it loads. */
function servePage(server: FastifyInstance): void {
  server.get('/', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('Content-Security-Policy', pagePolicy)
      .send(pageHtml),
  );
  server.get<{ Params: { '*': string } }>('/app/*', async ({ params }, reply) => {
    const asset = await assetOf(params['*']);
    if (asset === null) return reply.code(404).send({ error: 'There is no such file.' });
    return reply.type(asset.type).send(asset.content);
  });
}

/** Serves what the page shows: the choices, the folders, the queue and its changes. */
function serveState(server: FastifyInstance, parts: ServerParts): void {
  const { folders, queue, presets } = parts;
  server.get('/api/choices', async () => ({
    roots: folders.roots,
    codecs: codecNames,
    qualities,
    models: (await catalogue()).map(({ name }) => name),
    config: presets.list(),
  }));
  server.get('/api/state', () => ({ jobs: queue.jobs, paused: queue.paused }));
  server.get('/api/changes', (request, reply) => {
    reply.hijack();
    streamChanges(parts, request.raw, reply.raw);
  });
  server.get<{ Querystring: { folder?: string } }>('/api/folder', async ({ query }) =>
    folders.list(query.folder ?? folders.roots[0]!),
  );
}

/**
 * The options of a request. Throws VsrError `option` for an unknown preset, for options that
 * `checkWords` refuses, and for a folder that the page may not see.
 */
async function optionsIn(body: Field, { folders, presets }: ServerParts): Promise<JobOptions> {
  const options = readOptions(body.at('options'));
  presets.setBy(options.use);
  checkWords(options);
  const { folder } = options;
  return { ...options, folder: folder === null ? null : await folders.inside(folder) };
}

/** The clips of a request. Throws VsrError `option` for too many, or one outside the folders. */
async function inputsIn(body: Field, folders: Folders): Promise<string[]> {
  const named = body.at('inputs').list((item) => item.string());
  if (named.length > mostInputs) {
    throw new VsrError(
      'option',
      `Expected at most ${mostInputs} clips at once but received ${named.length}.`,
    );
  }
  const inputs: string[] = [];
  for (const each of named) inputs.push(await folders.inside(each));
  return inputs;
}

/**
 * Fires once the browser has closed the request, as it does when other clips are selected: its
 * answer is no longer needed. It also fires after the answer.
 */
function closing(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Serves what is known before a clip is enlarged: its plan, its tracks and a preview. */
function servePlans(server: FastifyInstance, parts: ServerParts): void {
  const { folders, previews, presets, tracks, work } = parts;
  server.post('/api/plan', async ({ body }, reply) => {
    const field = new Field(body, 'the request');
    const gone = closing(reply);
    const input = await folders.inside(field.at('input').string());
    return planOf(input, await optionsIn(field, parts), work, gone);
  });
  server.post('/api/tracks', async ({ body }, reply) => {
    const gone = closing(reply);
    const inputs = await inputsIn(new Field(body, 'the request'), folders);
    return tracks.offers(inputs, gone);
  });
  server.post('/api/preview', async ({ body }) => {
    const field = new Field(body, 'the request');
    const input = await folders.inside(field.at('input').string());
    const options = await optionsIn(field, parts);
    return { id: await previews.make(input, options, presets.setBy(options.use)) };
  });
  server.get<{ Params: { id: string } }>('/previews/:id', (request, reply) =>
    sendReport(previews.fileOf(request.params.id), reply),
  );
}

/** Serves the changes that the page makes: jobs are added, moved, removed, paused and so on. */
function serveJobs(server: FastifyInstance, parts: ServerParts): void {
  const { folders, queue, tracks, machines } = parts;
  server.post('/api/jobs', async ({ body }) => {
    const field = new Field(body, 'the request');
    const options = await optionsIn(field, parts);
    const inputs = await inputsIn(field, folders);
    for (const input of inputs) await machines?.checkClip(input);
    if (options.folder !== null) await machines?.checkFolder(options.folder);
    const lacking = await tracks.lacking(inputs, options);
    const added = queue.add(
      inputs.filter((input) => !lacking.has(input)),
      options,
    );
    await queue.written();
    const refused = [...lacking].map(([clip, why]) => ({ clip, why }));
    return { added: added.length, refused } satisfies AddAnswer;
  });
  server.post<{ Params: { id: string } }>('/api/jobs/:id', async ({ params, body }) => {
    const field = new Field(body, 'the request');
    const asked = field.at('do').oneOf('move', 'remove', ...jobRequests);
    if (asked === 'move')
      queue.move(
        params.id,
        field.at('before').orNull((each) => each.string()),
      );
    else if (asked === 'remove') queue.remove(params.id);
    else queue.request(params.id, asked);
    await queue.written();
    return {};
  });
  server.post('/api/queue', async ({ body }) => {
    queue.pause(new Field(body, 'the request').at('paused').boolean());
    await queue.written();
    return {};
  });
}

/** Serves the log and the report of a job. */
function serveResults(server: FastifyInstance, { queue, store }: ServerParts): void {
  server.get<{ Params: { id: string } }>('/api/jobs/:id/log', async ({ params }, reply) => {
    const { id } = queue.job(params.id);
    const content = await readFile(store.logOf(id)).catch(() => Buffer.alloc(0));
    return reply.type('text/plain; charset=utf-8').send(content.subarray(-logBytes));
  });
  server.get<{ Params: { id: string } }>('/reports/:id', (request, reply) => {
    const { id } = queue.job(request.params.id);
    return sendReport(store.reportOf(id), reply);
  });
}

function sendReport(file: string | null, reply: FastifyReply): FastifyReply {
  if (file === null || !existsSync(file))
    return reply.code(404).send({ error: 'There is no such page.' });
  void reply.header('Content-Security-Policy', reportPolicy).type('text/html; charset=utf-8');
  return reply.send(createReadStream(file));
}

/**
 * The plan for a clip, as the fields that it would set in a job. Planning stops once `gone` fires.
 */
async function planOf(
  input: string,
  options: JobOptions,
  work: QueueWork,
  gone: AbortSignal,
): Promise<JobChange> {
  const plan: JobChange = {};
  const job = { id: '', input, options, state: 'waiting', added: '', frames: 0 } as const;
  const empty = { output: null, of: null, pixels: null, size: null, bytes: null, models: [] };
  gone.throwIfAborted();
  const run = work.planJob(
    { ...job, ...empty, notes: [], error: null, hasReport: false },
    { change: (change) => void Object.assign(plan, change), pace: () => {} },
  );
  const stop = (): void => run.stop('leave');
  gone.addEventListener('abort', stop);
  await run.ended;
  gone.removeEventListener('abort', stop);
  return plan;
}
