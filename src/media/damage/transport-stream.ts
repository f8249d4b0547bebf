import { open } from 'node:fs/promises';
import { throwIfAborted } from '../program/process.js';
import type { Source } from '../source/source.js';
import type { Damage } from './damage.js';
import { packetBytes, readPackets, type PacketVisitor } from './transport-packets.js';

/** Number of packets that only fill a transport stream up. */
const nullPid = 0x1fff;

/** Ticks of a second of PES times, the number after which they begin anew, and a minute of them. */
const [clockRate, clockTurn, clockMinute] = [90_000, 2 ** 33, 60 * 90_000];

/** How many jumps, and how many different steps of a stream's times, are kept. */
const [mostJumps, mostSteps] = [10_000, 64];

/** Places of two packets of one PID in the file, between which something happened. */
type Between = { readonly from: number; readonly to: number };

/** A jump of the counter of a stream's packets. */
type Jump = Between & {
  /** The least number of packets that are missing. */
  readonly missing: number;
  /** When the content before the jump begins, in ticks; `null` where no time was read. */
  readonly before: number | null;
  /**
   * When the content after it begins. `null` where the packet after it goes on with something:
   * then a part of that is missing.
   */
  readonly after: number | null;
  /** Whether the packet after it begins something new. */
  readonly isStart: boolean;
};

/** What is known of one stream. */
class ElementaryStream {
  readonly jumps: Jump[] = [];
  /** Times that were current where a PES packet began without its head. */
  readonly headless: (number | null)[] = [];
  heads = 0;
  /** The time of its last PES packet, in ticks. */
  time: number | null = null;
  readonly #steps = new Map<number, number>();

  /** Notes the time of a PES packet that follows the one before without a jump, or after one. */
  reach(time: number, follows: boolean): void {
    const step = this.time === null ? 0 : (time - this.time + clockTurn) % clockTurn;
    const isStep = follows && step > 0 && step < clockMinute;
    if (isStep && (this.#steps.has(step) || this.#steps.size < mostSteps)) {
      this.#steps.set(step, (this.#steps.get(step) ?? 0) + 1);
    }
    this.time = time;
  }

  /** The most frequent step from one PES packet to the next; `null` where none is known. */
  usualStep(): number | null {
    const steps = [...this.#steps].sort(([, a], [, b]) => b - a);
    return steps[0]?.[0] ?? null;
  }
}

/** A time of a PES header: 33 bits within five bytes. */
function timeAt(bytes: Buffer, at: number): number {
  const high = ((bytes[at]! >> 1) & 7) * 2 ** 30;
  return high + (bytes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (bytes.readUInt16BE(at + 3) >> 1);
}

/**
 * The decoding time in the head of the PES packet that begins at `at`; `null` where it has none.
 * `end` is where its first transport packet ends.
 */
function pesTime(bytes: Buffer, at: number, end: number): number | null {
  if (at + 9 > end || (bytes[at + 6]! & 0xc0) !== 0x80) return null;
  const times = bytes[at + 7]! >> 6;
  const place = at + (times === 3 ? 14 : 9);
  return times < 2 || place + 5 > end ? null : timeAt(bytes, place);
}

/**
 * Follows the counters of the packets. Every PID counts its packets with content from 0 to 15. A
 * jump shows that packets are missing, unless recordings were joined: then the tables, which belong
 * to no stream, begin anew as well.
 */
class Counters implements PacketVisitor {
  readonly elementary: ReadonlyMap<number, ElementaryStream>;
  /** Where recordings may have been joined. */
  readonly joins: Between[] = [];
  /** Bytes that were written over packets, and when the first and the last of them come. */
  readonly overwrite: { bytes: number; from: number | null; to: number | null } = {
    ...{ bytes: 0, from: null, to: null },
  };
  readonly #streams: ReadonlySet<number>;
  readonly #counters = new Int8Array(nullPid + 1).fill(-1);
  readonly #places = new Float64Array(nullPid + 1);
  #time: number | null = null;

  /** `kept` are the PIDs that are looked at, `streams` those of all streams. */
  constructor(kept: readonly number[], streams: readonly number[]) {
    this.elementary = new Map(kept.map((pid) => [pid, new ElementaryStream()]));
    this.#streams = new Set(streams);
  }

  overwritten(bytes: number): void {
    if (this.overwrite.bytes === 0) this.overwrite.from = this.#time;
    this.overwrite.bytes += bytes;
    this.overwrite.to = this.#time;
  }

  packet(bytes: Buffer, at: number, place: number): void {
    const flags = bytes[at + 1]!;
    const pid = ((flags & 0x1f) << 8) | bytes[at + 2]!;
    const isBroken = (flags & 0x80) !== 0;
    if (pid === nullPid || isBroken) return;
    const control = bytes[at + 3]!;
    const fieldBytes = (control & 0x20) === 0 ? 0 : 1 + bytes[at + 4]!;
    const from = this.#places[pid]!;
    if (fieldBytes > 1 && (bytes[at + 5]! & 0x80) !== 0) {
      this.#join(from, place);
      this.#counters[pid] = -1;
    }
    if ((control & 0x10) === 0) return;
    const stream = this.elementary.get(pid);
    const counter = control & 0x0f;
    const before = this.#counters[pid]!;
    const missing = before < 0 ? 0 : (counter - before - 1) & 0x0f;
    // The same packet may be sent twice.
    const isRepeated = missing === 15;
    if (missing > 0 && !this.#streams.has(pid)) this.#join(from, place);
    if (isRepeated && stream !== undefined) return;
    this.#counters[pid] = counter;
    this.#places[pid] = place;
    if (stream === undefined) return;
    const isStart = (flags & 0x40) !== 0;
    const last = stream.time;
    const isClear = (control & 0xc0) === 0;
    const time = isStart && isClear ? this.#begin(stream, bytes, at, at + 4 + fieldBytes) : null;
    if (time !== null) stream.reach(time, missing === 0);
    if (missing === 0 || stream.jumps.length >= mostJumps) return;
    stream.jumps.push({ from, to: place, missing, before: last, after: time, isStart });
  }

  /** Reads the head of a PES packet; returns its time. */
  #begin(stream: ElementaryStream, bytes: Buffer, packet: number, at: number): number | null {
    const end = packet + packetBytes;
    if (at + 4 > end) return null;
    if (bytes.readUIntBE(at, 3) !== 1) {
      if (stream.headless.length < mostJumps) stream.headless.push(stream.time);
      return null;
    }
    stream.heads++;
    const time = pesTime(bytes, at, end);
    this.#time = time ?? this.#time;
    return time;
  }

  #join(from: number, to: number): void {
    if (this.joins.length < mostJumps) this.joins.push({ from, to });
  }
}

const meet = (a: Between, b: Between): boolean => a.from < b.to && b.from < a.to;

/**
 * Whether packets are missing at a jump. Before a packet that begins something new, something whole
 * is missing only if the times have a hole as well: a muxer may have begun to count anew there.
 */
function isLoss({ isStart, before, after }: Jump, usualStep: number | null): boolean {
  if (!isStart) return true;
  if (before === null || after === null || usualStep === null) return false;
  const step = (after - before + clockTurn) % clockTurn;
  return step > 1.5 * usualStep && step < clockMinute;
}

/** The damage of one stream; `null` for none. `seconds` converts ticks. */
function damageOf(
  index: number,
  stream: ElementaryStream,
  joins: readonly Between[],
  seconds: (ticks: number | null) => number | null,
): Damage | null {
  const usual = stream.usualStep();
  const losses = stream.jumps.filter(
    (jump) => isLoss(jump, usual) && !joins.some((join) => meet(join, jump)),
  );
  // Streams of sections, which are no PES packets, never have such heads.
  const headless = stream.heads > stream.headless.length ? stream.headless : [];
  if (losses.length === 0 && headless.length === 0) return null;
  const missing = losses.reduce((sum, jump) => sum + jump.missing, 0);
  const times = [
    ...losses.flatMap(({ before, after }) => [before, after ?? before]),
    ...headless,
  ].flatMap((ticks) => seconds(ticks) ?? []);
  const what = [
    ...(missing > 0 ? [`at least ${missing} of its transport packets are missing`] : []),
    ...(headless.length > 0 ? [`the head of ${headless.length} of its packets is broken`] : []),
  ].join(', and ');
  return {
    ...{ stream: index, what },
    from: times.length === 0 ? null : Math.min(...times),
    to: times.length === 0 ? null : Math.max(...times),
  };
}

/**
 * What the packets of a transport stream show of the streams `kept` that ffmpeg passes over:
 * packets that are missing by their counters, broken heads of PES packets, and bytes between
 * packets that are none. Streams may begin anywhere, and recordings may be joined. Throws
 * `VsrError('interrupted')` once `signal` fires; tells nothing of a file that cannot be read.
 */
export async function transportDamage(
  source: Source,
  kept: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<Damage[]> {
  const known = source.streams.flatMap(({ index, id }) => (id === null ? [] : [{ index, id }]));
  const own = known.filter(({ index }) => kept.has(index));
  const file = own.length === 0 ? null : await open(source.path).catch(() => null);
  if (file === null) return [];
  const pids = (streams: typeof known): number[] => streams.map(({ id }) => id);
  const counters = new Counters(pids(own), pids(known));
  try {
    await readPackets(file, counters, signal);
  } finally {
    await file.close();
  }
  throwIfAborted(signal);
  const turn = clockTurn / clockRate;
  const seconds = (ticks: number | null): number | null => {
    if (ticks === null) return null;
    const time = ticks / clockRate;
    // ffmpeg counts on where the clock began anew.
    return time + Math.round((source.startTime - time) / turn) * turn;
  };
  const found = own.flatMap(
    ({ index, id }) => damageOf(index, counters.elementary.get(id)!, counters.joins, seconds) ?? [],
  );
  const { bytes, from, to } = counters.overwrite;
  if (bytes === 0) return found;
  const what = `${bytes} bytes in its middle are no transport packets`;
  return [...found, { stream: null, what, from: seconds(from), to: seconds(to) }];
}
