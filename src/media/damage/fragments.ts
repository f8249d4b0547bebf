import { open, type FileHandle } from 'node:fs/promises';
import type { Ratio } from '../../planes/ratio.js';
import { throwIfAborted } from '../program/process.js';
import type { Source } from '../source/source.js';
import type { Damage } from './damage.js';
import { readAt } from './read-at.js';

/** A box: its type, and where it begins, its content begins and it ends, in bytes. */
type Box = {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
};

/** Largest box of facts that is read. */
const mostBytes = 1 << 24;

/** Bytes that are looked through at a time. */
const paddingBytes = 1 << 16;

/** What the type of a box consists of. */
const typeWords = /^[\w ©-]{4}$/;

/**
 * The box at `at` of `bytes`, which begin at `base` in what contains it and may go on to `end`;
 * `null` where there is none, or where it does not fit. One of size 0 extends to `end`.
 */
function boxAt(bytes: Buffer, at: number, base: number, end: number): Box | null {
  if (at + 8 > bytes.length) return null;
  const type = bytes.toString('latin1', at + 4, at + 8);
  const short = bytes.readUInt32BE(at);
  const isLong = short === 1 && at + 16 <= bytes.length;
  const start = base + at;
  const stop = short === 0 ? end : start + (isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short);
  const body = start + (isLong ? 16 : 8);
  return typeWords.test(type) && stop >= body && stop <= end
    ? { type, start, body, end: stop }
    : null;
}

/** The boxes that fill `bytes` from `start` to `end`; `null` where they do not. */
function boxesOf(bytes: Buffer, start: number, end: number): Box[] | null {
  const found: Box[] = [];
  for (let at = start; at < end;) {
    const box = boxAt(bytes, at, 0, end);
    if (box === null || bytes.readUInt32BE(at) === 0) return null;
    found.push(box);
    at = box.end;
  }
  return found;
}

/** What a fragment holds of a track; times in ticks of the track. */
type TrackRun = {
  readonly track: number;
  /** When its first sample is decoded; `null` where it does not say. */
  readonly from: number | null;
  /** `null` where only the file's header states it. */
  readonly duration: number | null;
  readonly samples: number;
};

/** Flags of tfhd and trun that say which fields follow, in their order. */
const headFields = { dataOffset: 1, description: 2, duration: 8 } as const;
const runFields = { dataOffset: 1, firstFlags: 4, duration: 0x100 } as const;
/** The fields that trun has of each sample: duration, size, flags and composition offset. */
const sampleFields = [0x100, 0x200, 0x400, 0x800] as const;

/** Number and duration of the samples in a trun; the duration is `null` where it states none. */
function runOf(
  bytes: Buffer,
  { body, end }: Box,
): { samples: number; duration: number | null } | null {
  if (body + 8 > end) return null;
  const flags = bytes.readUInt32BE(body) & 0xffffff;
  const samples = bytes.readUInt32BE(body + 4);
  const each = 4 * sampleFields.filter((field) => (flags & field) !== 0).length;
  const first =
    body + 8 + (flags & runFields.dataOffset ? 4 : 0) + (flags & runFields.firstFlags ? 4 : 0);
  if (first + samples * each > end) return null;
  if ((flags & runFields.duration) === 0) return { samples, duration: null };
  let duration = 0;
  for (let i = 0; i < samples; i++) duration += bytes.readUInt32BE(first + i * each);
  return { samples, duration };
}

/** What a traf box holds; `null` where it is broken. */
function trackRunOf(bytes: Buffer, traf: Box): TrackRun | null {
  const boxes = boxesOf(bytes, traf.body, traf.end);
  const head = boxes?.find(({ type }) => type === 'tfhd');
  if (boxes === null || head === undefined || head.body + 8 > head.end) return null;
  const flags = bytes.readUInt32BE(head.body);
  const usualAt =
    head.body +
    8 +
    (flags & headFields.dataOffset ? 8 : 0) +
    (flags & headFields.description ? 4 : 0);
  const statesUsual = (flags & headFields.duration) !== 0 && usualAt + 4 <= head.end;
  const usual = statesUsual ? bytes.readUInt32BE(usualAt) : null;
  let [samples, duration]: [number, number | null] = [0, 0];
  for (const box of boxes.filter(({ type }) => type === 'trun')) {
    const run = runOf(bytes, box);
    if (run === null) return null;
    samples += run.samples;
    const added = run.duration ?? (usual === null ? null : usual * run.samples);
    duration = duration === null || added === null ? null : duration + added;
  }
  const time = boxes.find(({ type }) => type === 'tfdt');
  const isLong = time !== undefined && bytes[time.body] === 1;
  if (time !== undefined && time.body + (isLong ? 12 : 8) > time.end) return null;
  const from =
    time === undefined
      ? null
      : isLong
        ? Number(bytes.readBigUInt64BE(time.body + 4))
        : bytes.readUInt32BE(time.body + 4);
  return { track: bytes.readUInt32BE(head.body + 4), from, duration, samples };
}

/** The number of a fragment, and what it holds; `null` where it is broken. `bytes` is its moof. */
function fragmentOf(bytes: Buffer): { number: number; runs: TrackRun[] } | null {
  const boxes = boxesOf(bytes, 8, bytes.length);
  const head = boxes?.find(({ type }) => type === 'mfhd');
  if (boxes === null || head === undefined || head.body + 8 > head.end) return null;
  const runs = boxes.filter(({ type }) => type === 'traf').map((box) => trackRunOf(bytes, box));
  const whole = runs.filter((run) => run !== null);
  if (whole.length < runs.length) return null;
  return { number: bytes.readUInt32BE(head.body + 4), runs: whole };
}

/** Where something is missing, in seconds; `null` where that is unknown. */
type Place = { readonly what: string; readonly from: number | null; to: number | null };

/** Follows the fragments of a file. */
class Fragments {
  readonly places: Place[] = [];
  readonly #seconds: (track: number, ticks: number) => number | null;
  #number: number | null = null;
  /** Where each track ends, and how long its last fragment is, in its ticks. */
  readonly #ends = new Map<number, { readonly at: number; readonly length: number }>();
  /** The last time that was reached, in seconds. */
  #reached: number | null = null;
  /** Whether the samples of the last fragment are still to come. */
  #waits = false;

  /** `seconds` converts ticks of a track. */
  constructor(seconds: (track: number, ticks: number) => number | null) {
    this.#seconds = seconds;
  }

  broken(what: string): void {
    this.places.push({ what, from: this.#reached, to: null });
    this.#waits = false;
  }

  /** Samples came. */
  data(): void {
    this.#waits = false;
  }

  /** The last fragment is over. */
  close(): void {
    if (this.#waits) this.broken('a fragment lacks its samples');
  }

  /** The next fragment, by its moof. */
  add(moof: Buffer): void {
    this.close();
    const fragment = fragmentOf(moof);
    const skipped = this.#number === null ? 0 : (fragment?.number ?? 0) - this.#number - 1;
    this.#number = fragment?.number ?? null;
    if (fragment === null) {
      this.broken('a fragment is broken');
      return;
    }
    const gaps = fragment.runs
      .map((run) => this.#follow(run, skipped))
      .filter((gap) => gap !== null);
    if (gaps.length > 0) this.places.push(gaps[0]!);
    this.#waits = fragment.runs.some(({ samples }) => samples > 0);
  }

  /**
   * Takes a track's part of a fragment; returns what is missing before it. A gap of times alone may
   * be a pause, and fragments of a stream that was joined to another may have any numbers: only
   * both together, and a gap that fits the numbers, show a loss.
   */
  #follow({ track, from, duration }: TrackRun, skipped: number): Place | null {
    const before = this.#ends.get(track);
    if (from === null || duration === null) {
      this.#ends.delete(track);
      return null;
    }
    const start = this.#seconds(track, from);
    const last = this.places.at(-1);
    if (last !== undefined) last.to ??= start;
    this.#ends.set(track, { at: from + duration, length: duration });
    this.#reached = this.#seconds(track, from + duration) ?? this.#reached;
    if (before === undefined) return null;
    const gap = from - before.at;
    if (gap <= before.length / 2 || gap > 2 * skipped * before.length) return null;
    const what = `${skipped} ${skipped === 1 ? 'fragment is' : 'fragments are'} missing`;
    return { what, from: this.#seconds(track, before.at), to: start };
  }
}

/** Whether a file holds nothing but zeros from `from` on. */
async function isPadding(file: FileHandle, from: number): Promise<boolean> {
  for (let at = from; ;) {
    const bytes = await readAt(file, at, paddingBytes);
    if (bytes.length === 0) return true;
    if (bytes.some((byte) => byte !== 0)) return false;
    at += bytes.length;
  }
}

/** Hands the fragments of a file of `size` bytes to `fragments`. */
async function follow(
  file: FileHandle,
  size: number,
  fragments: Fragments,
  signal: AbortSignal | undefined,
): Promise<void> {
  const content = ({ start, end }: Box): Promise<Buffer> =>
    readAt(file, start, Math.min(end - start, mostBytes));
  let isFragmented = false;
  for (let at = 0; at + 8 <= size;) {
    throwIfAborted(signal);
    const head = await readAt(file, at, 16);
    const box = boxAt(head, 0, at, size);
    // Only a box of samples may state no size.
    const isBox = box !== null && (head.readUInt32BE(0) !== 0 || box.type === 'mdat');
    if (!isBox) {
      if (isFragmented && !(await isPadding(file, at))) fragments.broken('its container is broken');
      break;
    }
    if (box.type === 'moov') {
      const moov = await content(box);
      const boxes = boxesOf(moov, box.body - box.start, moov.length);
      isFragmented ||= boxes?.some(({ type }) => type === 'mvex') === true;
    } else if (box.type === 'moof') {
      isFragmented = true;
      fragments.add(await content(box));
    } else if (box.type === 'mdat') fragments.data();
    at = box.end;
  }
  fragments.close();
}

/**
 * What is missing of an MP4 or QuickTime file in fragments: broken ones, those without samples or
 * that are left out, and what follows a broken box. Throws `VsrError('interrupted')` once `signal`
 * fires; tells nothing of other files, nor of one that cannot be read.
 */
export async function fragmentDamage(source: Source, signal?: AbortSignal): Promise<Damage[]> {
  const file = await open(source.path).catch(() => null);
  if (file === null) return [];
  const tickOf = (track: number): Ratio | null =>
    source.streams.find(({ id }) => id === track)?.timeBase ?? null;
  const fragments = new Fragments((track, ticks) => {
    const tick = tickOf(track);
    return tick === null ? null : (ticks * tick.num) / tick.den;
  });
  try {
    await follow(file, source.sizeBytes, fragments, signal);
  } finally {
    await file.close();
  }
  return fragments.places.map((place) => ({ stream: null, ...place }));
}
