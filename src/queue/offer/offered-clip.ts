import { createReadStream, type ReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { hashOf, sha256Of, stampOf, type FileStamp } from '../../upscale/plan/identity.js';
import type { Segment } from '../../upscale/segments/segment-plan.js';
import { segmentRecordOf, type SegmentRecord } from '../../upscale/segments/segment-record.js';
import { segmentFiles, type WorkFolder } from '../../upscale/segments/work-folder.js';
import { attachedFolder } from '../job/attached-folder.js';
import type { SharedClip } from '../job/share.js';
import type { Wish } from '../job/wish.js';
import { receiveFile } from './receive-file.js';
import { Refusal } from './refusal.js';

/** A file that workers may read, under the name `name`. */
export type OfferedFile = { readonly name: string; readonly path: string };

/** A clip to serve. */
export type Offer = {
  /** When it was submitted, ISO 8601. */
  readonly since: string;
  readonly wish: Wish;
  /** The source comes first. */
  readonly files: readonly OfferedFile[];
  /** The work folder, which gets the segments; this process holds its lock. */
  readonly folder: WorkFolder;
  /** Largest size, in bytes, of the files of one segment. */
  readonly most: { readonly video: number; readonly rows: number };
};

/** The files of a segment: its video, and its rows of the per-frame log. */
export type SegmentPart = 'video' | 'rows';

/** Length and hash, in hex, that a sender announces before it sends. */
export type Announced = { readonly bytes: number; readonly sha256: string };

/** Milliseconds, at most, for which a worker's request waits for the hashes of files. */
const hashPatienceMs = 3_000;

/**
 * One clip that this process serves. Workers can read only the files of its offer, and write only
 * segments of its plan. What a worker must be told is thrown as a Refusal.
 */
export class OfferedClip {
  readonly #offer: Offer;
  /** The states of the files when they were offered, by name. */
  readonly #stamps = new Map<string, FileStamp>();
  #hashes: Promise<readonly string[]> | null = null;
  /** Hashes of what was received, by segment, attempt and part. */
  readonly #received = new Map<string, string>();
  /** Fires when the clip is not served any more. */
  readonly #over = new AbortController();
  readonly #receiving = new Set<Promise<unknown>>();

  private constructor(offer: Offer) {
    this.#offer = offer;
  }

  /**
   * Offers a clip with its files in their present state. Throws VsrError `media` where one is
   * missing.
   */
  static async of(offer: Offer): Promise<OfferedClip> {
    const clip = new OfferedClip(offer);
    for (const { name, path } of offer.files) clip.#stamps.set(name, await stampOf(path));
    return clip;
  }

  /** Describes the clip for a worker. */
  async describe(): Promise<SharedClip> {
    const { files, folder, wish, since } = this.#offer;
    for (const file of files) await this.#checkSame(file);
    // Hashing a large source takes minutes. Until then workers are told to ask again.
    this.#hashes ??= Promise.all(files.map((file) => sha256Of(file.path)));
    const hashes = await withinMs(this.#hashes, hashPatienceMs);
    if (hashes === null) throw new Refusal(503, 'The submitter is still reading its files.');
    return {
      ...{ since, wish, plan: folder.plan },
      files: files.map(({ name }, i) => ({
        ...{ name, sha256: hashes[i]! },
        ...this.#stamps.get(name)!,
      })),
    };
  }

  /** Opens a file from byte `from` on; `sizeBytes` is the length of the whole file. */
  async read(name: string, from: number): Promise<{ stream: ReadStream; sizeBytes: number }> {
    const file = this.#offer.files.find((each) => each.name === name);
    if (file === undefined) throw new Refusal(404, 'This clip has no such file.');
    await this.#checkSame(file);
    const { sizeBytes } = this.#stamps.get(name)!;
    if (from > sizeBytes) throw new Refusal(416, `The file has ${sizeBytes} bytes.`);
    const end = Math.max(from, sizeBytes - 1);
    return { stream: createReadStream(file.path, { start: from, end }), sizeBytes };
  }

  /** The record of a finished segment; `null` where it is not finished. */
  async finished(number: number): Promise<SegmentRecord | null> {
    return this.#offer.folder.finished(this.#segment(number));
  }

  /** Receives one file of an attempt at a segment. */
  async take(
    place: { readonly number: number; readonly attempt: string; readonly part: SegmentPart },
    { bytes, sha256 }: Announced,
    body: IncomingMessage,
  ): Promise<void> {
    const { number, attempt, part } = place;
    const most = this.#offer.most[part];
    if (bytes > most) throw new Refusal(413, `A segment's ${part} has ${most} bytes at most.`);
    const { path: folder } = this.#offer.folder;
    const file = segmentFiles(folder, this.#segment(number), attempt)[part];
    const draft =
      part === 'video'
        ? `${file}.${process.pid}.part`
        : file.replace(/\.jsonl$/, `.${process.pid}.part.jsonl`);
    const { signal } = this.#over;
    await this.#tracked(receiveFile({ body, file, draft, bytes, sha256, signal }));
    this.#received.set(`${number} ${attempt} ${part}`, sha256);
  }

  /**
   * Records that a segment is finished whose files were received. Returns the record that counts,
   * which is another one where another attempt was finished before.
   */
  async finish(number: number, attempt: string, value: unknown): Promise<SegmentRecord> {
    const segment = this.#segment(number);
    const record = segmentRecordOf(value, `of segment ${number}`);
    const received = (['video', 'rows'] as const).map((part) =>
      this.#received.get(`${number} ${attempt} ${part}`),
    );
    if (
      record.attempt !== attempt ||
      hashOf(received) !== hashOf([record.videoSha256, record.rowsSha256])
    ) {
      throw new Refusal(409, 'The record is not of the files that were sent before it.');
    }
    const { path: folder, plan } = this.#offer.folder;
    const run = { from: number, to: number + 1 };
    return this.#tracked(attachedFolder(folder, plan, run, attempt).finish(segment, record));
  }

  /** Stops receiving, and waits until nothing is being written any more. */
  async close(): Promise<void> {
    this.#over.abort();
    await Promise.allSettled(this.#receiving);
  }

  #segment(number: number): Segment {
    const segment = this.#offer.folder.plan.segments[number];
    if (segment === undefined) throw new Refusal(404, 'This clip has no such segment.');
    return segment;
  }

  async #checkSame({ name, path }: OfferedFile): Promise<void> {
    const now = await stampOf(path);
    if (hashOf(now) === hashOf(this.#stamps.get(name))) return;
    throw new Refusal(410, 'The source was changed since it was submitted.');
  }

  /** Awaits `work`, for which `close` waits as well. */
  async #tracked<T>(work: Promise<T>): Promise<T> {
    if (this.#over.signal.aborted) work.catch(() => {});
    this.#receiving.add(work);
    try {
      return await work;
    } finally {
      this.#receiving.delete(work);
    }
  }
}

/** The result of `promise`; `null` where it takes longer than `ms` milliseconds. */
async function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
