import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { sha256Of } from '../../upscale/plan/identity.js';
import { segmentRecordOf, type SegmentRecord } from '../../upscale/segments/segment-record.js';
import { sharedClipOf, type Share, type SharedClip, type SharedFile } from '../job/share.js';
import { queueTimes } from '../times.js';
import { connectTo, OtherCertificate } from './pinned-socket.js';

/** Larger JSON answers are refused. */
const mostJsonBytes = 64 << 20;

/** Milliseconds before the first retry; doubled for every further one, up to `mostPauseMs`. */
const firstPauseMs = 200;
const mostPauseMs = 3_000;

/** How often a file may arrive with a wrong hash, because not every network notices bad data. */
const mostWrong = 3;

/** A request to a submitter. */
type Question = {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Sent once the server has answered 100 Continue. */
  readonly body?: { readonly file: string } | { readonly text: string };
};

/** The server has answered that it refuses the request. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Status codes that a retry would not change. */
const final = [400, 404, 409, 410, 411, 413, 416];

/** Status codes of a submitter that cannot read or write, such as with a full disk. */
const broken = [500, 507];

/**
 * Sends requests to the machine that submitted a clip. They are retried after short outages. All
 * methods reject with VsrError: `busy` after a longer outage, `queue` where the submitter refuses,
 * `disk` where it or this machine cannot store files, `interrupted` once `signal` fires.
 */
export class ShareClient {
  readonly #share: Share;
  readonly #clip: string;
  readonly #signal: AbortSignal;

  constructor(share: Share, clip: string, signal: AbortSignal) {
    this.#share = share;
    this.#clip = clip;
    this.#signal = signal;
  }

  /** The submitter's description of the clip. */
  async describe(): Promise<SharedClip> {
    const value = await this.#retried(() => this.#json({ method: 'GET', path: '' }));
    return sharedClipOf(new Field(value, 'the submitter’s description of the clip'));
  }

  /** Fetches a file to the path `to`; goes on where a broken transfer ended. */
  async fetch(file: SharedFile, to: string): Promise<void> {
    const draft = `${to}.part`;
    let wrong = 0;
    await this.#retried(async (moved) => {
      await this.#fetchRest(file, draft, moved);
      if ((await stat(draft)).size === file.sizeBytes && (await sha256Of(draft)) === file.sha256) {
        return;
      }
      await rm(draft, { force: true });
      const why = `${file.name} came with another length or hash than ${this.#share.url} says`;
      if (++wrong >= mostWrong) throw new VsrError('disk', `${why}, ${wrong} times.`);
      throw new Error(why);
    });
    await rename(draft, to);
  }

  /** The record of a segment that the submitter has; `null` where it has none. */
  async finished(number: number): Promise<SegmentRecord | null> {
    const path = `/segments/${number}`;
    const value = await this.#retried(() => this.#json({ method: 'GET', path }));
    return value === null ? null : segmentRecordOf(value, `of segment ${number}`);
  }

  /**
   * Sends a segment's files and then its record, every try under a new name of `newAttempt`.
   * Returns the record that counts, which is another one where another worker was first.
   */
  async send(
    number: number,
    files: { readonly video: string; readonly rows: string },
    record: SegmentRecord,
    newAttempt: () => string,
  ): Promise<SegmentRecord> {
    const value = await this.#retried(async () => {
      // The submitter may still be receiving the last try, so this one needs names of its own.
      const attempt = newAttempt();
      const path = `/segments/${number}/${attempt}`;
      const put = async (part: 'video' | 'rows', sha256: string): Promise<unknown> => {
        const headers = { ...digest(sha256), 'Content-Length': (await stat(files[part])).size };
        const body = { file: files[part] };
        return this.#json({ method: 'PUT', path: `${path}/${part}`, headers, body });
      };
      await put('video', record.videoSha256);
      await put('rows', record.rowsSha256);
      const text = JSON.stringify({ ...record, attempt });
      const headers = {
        ...digest(createHash('sha256').update(text).digest('hex')),
        'Content-Length': Buffer.byteLength(text),
      };
      return this.#json({ method: 'PUT', path, headers, body: { text } });
    });
    return segmentRecordOf(value, `of segment ${number}`);
  }

  async #fetchRest(file: SharedFile, draft: string, moved: () => void): Promise<void> {
    const have = await stat(draft).then(
      ({ size }) => size,
      () => 0,
    );
    if (have >= file.sizeBytes) return;
    const answer = await this.#ask({
      ...{ method: 'GET', path: `/files/${file.name}` },
      headers: { Range: `bytes=${have}-` },
    });
    const isRest = answer.headers['content-range']?.startsWith(`bytes ${have}-`) === true;
    if (answer.statusCode !== 206 || !isRest) {
      answer.destroy();
      throw new Error(`${file.name} does not begin at byte ${have}`);
    }
    let left = file.sizeBytes - have;
    const limited = async function* (parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const part of parts) {
        left -= part.length;
        // An endless answer must not fill the disk.
        if (left < 0) throw new Error(`${file.name} is longer than announced`);
        moved();
        yield part;
      }
    };
    const out = createWriteStream(draft, { flags: 'a' });
    const closed = new Promise<void>((resolve) => out.once('close', () => resolve()));
    try {
      await pipeline(answer, limited, out, { signal: this.#signal });
    } finally {
      // The next try appends to the draft, so nothing of this one may be written any more.
      await closed;
    }
  }

  async #json(question: Question): Promise<unknown> {
    const answer = await this.#ask(question);
    return JSON.parse(await textOf(answer));
  }

  /** Sends one request. Rejects with Refused, or with the error that interrupted it. */
  async #ask({ method, path, headers = {}, body }: Question): Promise<http.IncomingMessage> {
    const { url, token } = this.#share;
    const idleMs = queueTimes().socketMs;
    const timed = AbortSignal.any([this.#signal, AbortSignal.timeout(idleMs)]);
    const socket = await connectTo(this.#share, timed);
    socket.setTimeout(idleMs, () => socket.destroy(new Error('no answer')));
    const request = http.request({
      ...{ method, path: `/v1/${this.#clip}${path}`, host: new URL(url).hostname },
      headers: {
        ...headers,
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { Expect: '100-continue' }),
      },
      createConnection: () => socket,
      signal: this.#signal,
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    answered.catch(() => {}); // Thrown below.
    if (body === undefined) request.end();
    else {
      const isTaken = new Promise<true>((resolve) => request.once('continue', () => resolve(true)));
      request.flushHeaders();
      if ((await Promise.race([isTaken, answered])) === true) {
        if ('text' in body) request.end(body.text);
        else await pipeline(createReadStream(body.file), request).catch(() => {});
      }
    }
    const answer = await answered;
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const text = await textOf(answer).catch(() => '');
    request.destroy();
    throw new Refused(status, reasonIn(text) ?? `status ${status}`);
  }

  /**
   * Retries `work` after failures that may pass. Gives up when `work` has not called `moved`, which
   * reports received bytes, for as long as a job's lock lasts.
   */
  async #retried<T>(work: (moved: () => void) => Promise<T>): Promise<T> {
    const patienceMs = queueTimes().lockMs;
    let movedAt = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, mostPauseMs)) {
      try {
        return await work(() => (movedAt = performance.now()));
      } catch (error) {
        if (this.#signal.aborted) throw new VsrError('interrupted', 'Interrupted.');
        if (isLocal(error)) throw error;
        const { url } = this.#share;
        if (error instanceof OtherCertificate) throw new VsrError('queue', `${error.message}.`);
        if (error instanceof Refused && final.includes(error.status)) {
          throw new VsrError('queue', `The submitter at ${url} refuses: ${error.message}`);
        }
        // 401 means that this submission has ended, and another one may use its address.
        const status = error instanceof Refused ? error.status : 0;
        if (status === 401 || performance.now() - movedAt > patienceMs) {
          if (broken.includes(status)) {
            throw new VsrError('disk', `The submitter at ${url} fails: ${messageOf(error)}`);
          }
          throw new VsrError(
            'busy',
            `The submitter at ${url} is out of reach (${messageOf(error)}). Its clip waits until it is submitted again.`,
            { cause: error },
          );
        }
        await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => {});
      }
    }
  }
}

/** Whether an error concerns a local file, not the connection. */
function isLocal(error: unknown): boolean {
  const { code, path } = error as NodeJS.ErrnoException;
  return error instanceof VsrError || (code !== undefined && path !== undefined);
}

function digest(sha256: string): http.OutgoingHttpHeaders {
  return { 'Content-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` };
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer) {
    bytes += (part as Buffer).length;
    if (bytes > mostJsonBytes) throw new Error('an answer without end');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

/** The reason for a refusal in the body of an answer; `null` without one. */
function reasonIn(text: string): string | null {
  try {
    return new Field(JSON.parse(text), 'an answer').at('error').string().slice(0, 300);
  } catch {
    return null;
  }
}
