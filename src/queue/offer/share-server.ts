import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { pipeline } from 'node:stream/promises';
import { messageOf, VsrError } from '../../errors.js';
import { whyNotRead } from '../../files/why-not-read.js';
import { newShareToken, type Share } from '../job/share.js';
import { queueTimes } from '../times.js';
import { OfferedClip, type Announced, type Offer, type SegmentPart } from './offered-clip.js';
import { Refusal } from './refusal.js';

/** Where and how a submitter serves its clips. */
export type ShareWish = {
  /** The address to listen on, which workers connect to as well. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The address for workers where `host` stands for all addresses of this machine. */
  readonly reachedAt: string;
  /** PEM files for TLS; `null` for plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
};

/** Longer records of segments are refused. */
const mostRecordBytes = 16 << 20;

type Served = { readonly token: string; readonly clip: OfferedClip };

/** A clip that is being served; disposing stops serving it. */
export type Serving = AsyncDisposable & { readonly share: Share };

/**
 * Serves the clips of a submission to workers that share no folder with this machine, and receives
 * their segments. Disposing stops the server.
 */
export class ShareServer implements AsyncDisposable {
  readonly #server: http.Server | https.Server;
  /** Where workers find it: `http://host:port` or `https://host:port`. */
  readonly url: string;
  readonly #certificate: string | null;
  readonly #clips = new Map<string, Served>();

  private constructor(server: http.Server, url: string, certificate: string | null) {
    this.#server = server;
    this.url = url;
    this.#certificate = certificate;
    const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void =>
      void this.#answer(request, response);
    server.on('request', onRequest);
    // With Expect: 100-continue a sender learns that it is refused before it sends a large file.
    server.on('checkContinue', onRequest);
    // A large file may take any time, but a connection without traffic is closed.
    server.requestTimeout = 0;
    server.timeout = 4 * queueTimes().socketMs;
  }

  /**
   * Starts listening. Throws VsrError `option` for an invalid address, `queue` for a certificate.
   */
  static async open({ host, port, reachedAt, tls }: ShareWish): Promise<ShareServer> {
    const secrets = tls === null ? null : readTls(tls.certFile, tls.keyFile);
    const server = secrets === null ? http.createServer() : https.createServer(secrets);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    }).catch((cause: unknown) => {
      throw new VsrError(
        'option',
        `Expected an address of this machine and a free port for --share but cannot listen on ${host}:${port}: ${messageOf(cause)}.`,
        { cause },
      );
    });
    server.on('error', () => {});
    const { port: chosen } = server.address() as net.AddressInfo;
    const shown = net.isIPv6(host) ? `[${host}]` : host;
    const name = net.isIPv6(reachedAt) ? `[${reachedAt}]` : reachedAt;
    const isAll = host === '0.0.0.0' || host === '::';
    const scheme = secrets === null ? 'http' : 'https';
    const { origin } = new URL(`${scheme}://${isAll ? name : shown}:${chosen}`);
    const certificate =
      secrets === null
        ? null
        : createHash('sha256').update(new X509Certificate(secrets.cert).raw).digest('hex');
    return new ShareServer(server, origin, certificate);
  }

  /** Serves a clip; `id` is its name in the queue. Throws VsrError `media` for a missing file. */
  async offer(id: string, offer: Offer): Promise<Serving> {
    const served = { token: newShareToken(), clip: await OfferedClip.of(offer) };
    this.#clips.set(id, served);
    return {
      share: { url: this.url, token: served.token, certificate: this.#certificate },
      [Symbol.asyncDispose]: async () => {
        if (this.#clips.get(id) === served) this.#clips.delete(id);
        await served.clip.close();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clips.values()].map(({ clip }) => clip.close()));
    this.#clips.clear();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('error', () => {}); // The client has gone away and needs no answer.
    try {
      await this.#route(request, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const status =
        error instanceof Refusal ? error.status : error instanceof VsrError ? 400 : 500;
      const text = JSON.stringify({ error: messageOf(error) });
      response.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
        // Anything that the client still sends is not read.
        Connection: 'close',
      });
      response.end(text);
    }
  }

  async #route(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [, id = '', rest = ''] = /^\/v1\/([0-9a-f]{12})(\/.*)?$/.exec(request.url ?? '') ?? [];
    const served = this.#clips.get(id);
    // The answer is the same for an unknown clip and for a wrong token.
    if (!hasToken(request, served?.token ?? null) || served === undefined) {
      throw new Refusal(401, 'Expected the token of a clip that is served here.');
    }
    const { clip } = served;
    const asked = `${request.method} ${rest}`;
    if (asked === 'GET ') return sendJson(response, await clip.describe());
    const file = /^GET \/files\/([A-Za-z0-9.]{1,40})$/.exec(asked)?.[1];
    if (file !== undefined) return sendFile(request, response, clip, file);
    const [, number, attempt, part] =
      /^(?:GET|PUT) \/segments\/(\d{1,7})(?:\/([0-9a-f]{12})(?:\/(video|rows))?)?$/.exec(asked) ??
      [];
    const isPut = request.method === 'PUT';
    if (number === undefined || isPut !== (attempt !== undefined)) {
      throw new Refusal(404, 'There is nothing of that name.');
    }
    if (attempt === undefined) return sendJson(response, await clip.finished(Number(number)));
    const announced = announcedBy(request);
    if (part === undefined) {
      if (announced.bytes > mostRecordBytes) throw new Refusal(413, 'That is no record.');
      sendContinue(request, response);
      const value = await readJson(request, announced);
      return sendJson(response, await clip.finish(Number(number), attempt, value));
    }
    const place = { number: Number(number), attempt, part: part as SegmentPart };
    sendContinue(request, response);
    await clip.take(place, announced, request);
    sendJson(response, {});
  }
}

function readTls(certFile: string, keyFile: string): { cert: Buffer; key: Buffer } {
  try {
    const secrets = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    const certificate = new X509Certificate(secrets.cert);
    https.createServer(secrets).close();
    void certificate;
    return secrets;
  } catch (cause) {
    throw new VsrError(
      'queue',
      `Expected a certificate and its key, as PEM without a passphrase, for --share-cert ${certFile} and --share-key ${keyFile}: ${whyNotRead(cause)}.`,
      { cause },
    );
  }
}

/**
 * Whether a request carries `token`. Hashes of equal length are compared in constant time, so that
 * the time of the answer tells nothing about the token.
 */
function hasToken({ headers }: http.IncomingMessage, token: string | null): boolean {
  const given = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [a, b] = [given, token ?? newShareToken()].map((text) =>
    createHash('sha256').update(text).digest(),
  );
  return timingSafeEqual(a!, b!) && token !== null;
}

/** Length and hash that a sender announces in its headers. */
function announcedBy({ headers }: http.IncomingMessage): Announced {
  const length = headers['content-length'];
  const hash = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(String(headers['content-digest']))?.[1];
  if (length === undefined) throw new Refusal(411, 'Expected a Content-Length.');
  if (hash === undefined) throw new Refusal(400, 'Expected a Content-Digest by sha-256.');
  return { bytes: Number(length), sha256: Buffer.from(hash, 'base64').toString('hex') };
}

/** Tells a sender that waits for 100 Continue to send the body. */
function sendContinue({ headers }: http.IncomingMessage, response: http.ServerResponse): void {
  if (headers.expect !== undefined) response.writeContinue();
}

async function readJson(request: http.IncomingMessage, announced: Announced): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  if (createHash('sha256').update(bytes).digest('hex') !== announced.sha256) {
    throw new Refusal(422, 'The bytes do not have the hash that was sent with them.');
  }
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Refusal(400, 'Expected JSON.');
  }
}

function sendJson(response: http.ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Sends a file, or the part asked for by `Range: bytes=n-`. */
async function sendFile(
  { headers }: http.IncomingMessage,
  response: http.ServerResponse,
  clip: OfferedClip,
  name: string,
): Promise<void> {
  const from = /^bytes=(\d{1,15})-$/.exec(headers.range ?? '')?.[1];
  const start = Number(from ?? 0);
  const { stream, sizeBytes } = await clip.read(name, start);
  response.writeHead(from === undefined ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': sizeBytes - start,
    ...(from === undefined
      ? {}
      : { 'Content-Range': `bytes ${start}-${sizeBytes - 1}/${sizeBytes}` }),
  });
  await pipeline(stream, response);
}
