import { open, type FileHandle } from 'node:fs/promises';
import { elementAt, elementsIn, type Element } from '../marks/ebml.js';
import { throwIfAborted } from '../program/process.js';
import type { Source } from '../source/source.js';
import type { Damage } from './damage.js';
import { crc32Of } from './crc32.js';
import { readAt } from './read-at.js';

const ids = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  crc32: 0xbf,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  cues: 0x1c53bb6b,
  attachments: 0x1941a469,
  chapters: 0x1043a770,
  tags: 0x1254c367,
} as const;

/** What may follow a cluster of unknown size, and so ends it. */
const afterCluster = new Set<number>([
  ...[ids.header, ids.segment, ids.seekHead, ids.info, ids.tracks, ids.cluster],
  ...[ids.cues, ids.attachments, ids.chapters, ids.tags],
]);

/** Length of the longest header of an element. */
const headBytes = 12;

/** Bytes that are read at a time: to find elements, and to sum all of them up. */
const [pieceBytes, sumBytes] = [1 << 14, 1 << 20];

/** Largest element of facts that is read. */
const mostFactBytes = 1 << 20;

/** Nanoseconds of a tick, where the file does not say. */
const usualScale = 1_000_000;

/** Where something is broken, in seconds; `null` where the time is unknown. */
type Place = { readonly from: number | null; to: number | null };

/** Walks through the elements of a file, as far as they contain blocks. */
class Walk {
  readonly broken: Place[] = [];
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #signal: AbortSignal | undefined;
  #piece: Buffer = Buffer.alloc(0);
  #pieceAt = 0;
  #scale = usualScale;
  /** The numbers of tracks; empty where none were read. */
  readonly #tracks = new Set<number>();
  #time: number | null = null;

  constructor(file: FileHandle, size: number, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#size = size;
    this.#signal = signal;
  }

  async #bytes(at: number, count: number): Promise<Buffer> {
    const from = at - this.#pieceAt;
    if (from < 0 || from + count > this.#piece.length) {
      throwIfAborted(this.#signal);
      this.#piece = await readAt(this.#file, at, Math.max(count, pieceBytes));
      this.#pieceAt = at;
    }
    return this.#piece.subarray(at - this.#pieceAt).subarray(0, count);
  }

  /**
   * The element at `at`, whose end is `Infinity` if its size is unknown; `null` where there is
   * none, or where it does not fit into the one that ends at `end`, which is noted.
   */
  async #element(at: number, end: number): Promise<Element | null> {
    const element = elementAt(await this.#bytes(at, headBytes), 0, Infinity);
    // The file may break off within a header.
    if (element === null && at + headBytes > this.#size) return null;
    if (element === null || at + element.body > end) return this.#note();
    const there = { id: element.id, body: at + element.body, end: at + element.end };
    // Where the size is unknown, the file is the bound. Where it is known, a file that is too short
    // is found by that.
    if (there.end <= (end === Infinity ? this.#size : end)) return there;
    const mayBeUnknown = there.id === ids.cluster || there.id === ids.segment;
    return there.end === Infinity && mayBeUnknown ? there : this.#note();
  }

  #note(): null {
    this.broken.push({ from: this.#time, to: null });
    return null;
  }

  /** The content of a short element. */
  async #content({ body, end }: Element): Promise<Buffer> {
    return end - body > mostFactBytes ? Buffer.alloc(0) : this.#bytes(body, end - body);
  }

  /** Walks through the segment that ends at `end`, from the element at `at` on. */
  async segment(at: number, end: number): Promise<void> {
    while (at < Math.min(end, this.#size)) {
      const element = await this.#element(at, end);
      // After another header comes a file that was joined to this one.
      if (element === null || element.id === ids.header) return;
      if (element.id === ids.info || element.id === ids.tracks) {
        this.#facts(await this.#content(element));
      }
      const isCluster = element.id === ids.cluster;
      const next = isCluster ? await this.#cluster(element) : element.end;
      if (next === null) return;
      at = next;
    }
  }

  /** Takes what is needed from the content of an Info or Tracks element. */
  #facts(bytes: Buffer): void {
    for (const { id, body, end } of elementsIn(bytes)) {
      if (id === ids.timestampScale) this.#scale = numberOf(bytes.subarray(body, end));
      if (id !== ids.trackEntry) continue;
      for (const part of elementsIn(bytes, body, end)) {
        if (part.id !== ids.trackNumber) continue;
        this.#tracks.add(numberOf(bytes.subarray(part.body, part.end)));
      }
    }
  }

  /** Walks through a cluster; returns where the next element is, `null` where that is unknown. */
  async #cluster({ body, end }: Element): Promise<number | null> {
    const before = this.broken.length;
    const next = await this.#blocks(body, end);
    if (this.broken.length === before && !(await this.#sumFits(body, end))) this.#note();
    return next;
  }

  /** Walks through the content of a cluster, or of a group in one, as far as it is whole. */
  async #blocks(start: number, end: number): Promise<number | null> {
    for (let at = start; at < end;) {
      if (at >= this.#size) return null;
      const element = await this.#element(at, end);
      if (element === null) return end === Infinity ? null : end;
      const { id } = element;
      if (end === Infinity && afterCluster.has(id)) return at;
      if (id === ids.timestamp) this.#reach(await this.#content(element));
      else if (id === ids.blockGroup) await this.#blocks(element.body, element.end);
      else if (id === ids.simpleBlock || id === ids.block) await this.#block(element);
      at = element.end;
    }
    return end;
  }

  /** Takes the time of a cluster. */
  #reach(ticks: Buffer): void {
    this.#time = (numberOf(ticks) * this.#scale) / 1e9;
    const last = this.broken.at(-1);
    if (last !== undefined) last.to ??= this.#time;
  }

  /** Notes a block of a track that does not exist. */
  async #block({ body, end }: Element): Promise<void> {
    const head = await this.#bytes(body, Math.min(end - body, headBytes));
    // The number of a track is stored like a size: as that of an element with an id of one byte.
    const track = elementAt(Buffer.concat([Buffer.from([0x80]), head]), 0, Infinity);
    const number = track === null ? NaN : track.end - track.body;
    if (this.#tracks.size > 0 && !this.#tracks.has(number)) this.#note();
  }

  /** Whether the checksum fits with which the content of a cluster may begin. */
  async #sumFits(body: number, end: number): Promise<boolean> {
    const head = await this.#bytes(body, headBytes);
    const stated = elementAt(head, 0, Infinity);
    const from = stated === null ? 0 : body + stated.end;
    if (stated?.id !== ids.crc32 || stated.end !== 6 || end > this.#size) return true;
    let sum = 0;
    for (let at = from; at < end; at += sumBytes) {
      throwIfAborted(this.#signal);
      sum = crc32Of(await readAt(this.#file, at, Math.min(sumBytes, end - at)), sum);
    }
    return sum === head.readUInt32LE(stated.body);
  }
}

function numberOf(bytes: Buffer): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/**
 * What is broken in the structure of a Matroska or WebM file: elements that do not fit into those
 * that contain them, or are none, so that what follows them is lost; blocks of no track; and
 * clusters whose checksum differs. Unknown elements are passed over. Throws
 * `VsrError('interrupted')` once `signal` fires; tells nothing of a file that cannot be read.
 */
export async function matroskaDamage(source: Source, signal?: AbortSignal): Promise<Damage[]> {
  const file = await open(source.path).catch(() => null);
  if (file === null) return [];
  try {
    const head = await readAt(file, 0, 256);
    const header = elementAt(head, 0, Infinity);
    if (header?.id !== ids.header || header.end >= head.length) return [];
    const segment = elementAt(head, header.end, Infinity);
    if (segment?.id !== ids.segment) return [];
    const walk = new Walk(file, source.sizeBytes, signal);
    await walk.segment(segment.body, segment.end);
    const { broken } = walk;
    if (broken.length === 0) return [];
    const places = broken.length === 1 ? 'one place' : `${broken.length} places`;
    const what = `its container is broken in ${places}`;
    return [{ stream: null, what, from: broken[0]!.from, to: broken.at(-1)!.to }];
  } finally {
    await file.close();
  }
}
