import type { Ratio } from '../../planes/ratio.js';

/** When a packet's content is shown or heard, in seconds. */
export type Moment = { readonly from: number; readonly to: number };

/** What was counted of one stream. Times are seconds on the file's clock. */
export type StreamTally = {
  /** Number of packets. */
  readonly packets: number;
  /** Their size together. */
  readonly bytes: number;
  /** The earliest time of a packet that is shown; `null` without one. */
  readonly first: number | null;
  /** The earliest time of any packet that is not blank, hidden or not; `null` without one. */
  readonly begins: number | null;
  /** When the last packet that is shown ends, by its time and duration; `null` without one. */
  readonly reached: number | null;
  /** Number of packets before the first key packet, which cannot be decoded. */
  readonly leading: number;
  /** Whether a packet is no key packet, so that its picture builds on others. */
  readonly inter: boolean;
  /** Times of the key packets that come after the first packet that is none, rising. */
  readonly keys: readonly number[];
  /**
   * Number of packets that come after the first key packet and are shown before it. They may depend
   * on packets before the beginning.
   */
  readonly orphans: number;
  /** Number of packets that an edit list hides. */
  readonly hidden: number;
  /** Number of packets without content, with which MP4's text tracks fill their pauses. */
  readonly blank: number;
  /** Gaps from one packet to the next of more than half a packet's duration; the first hundred. */
  readonly gaps: readonly Moment[];
  /** Times of every packet that is shown and not blank, where asked for; otherwise empty. */
  readonly moments: readonly Moment[];
};

const mostGaps = 100;

/** Size of a `mov_text` packet with an empty text: it holds only the text's length, 0. */
const blankTextBytes = 2;

/** What is noted besides the counts. */
export type TallyOptions = {
  /** Packets no longer than that of an empty text count as blank. */
  readonly blanks: boolean;
  /** The times of packets are kept. */
  readonly moments: boolean;
};

/** Counts the packets of a stream one by one. */
export class Tally {
  packets = 0;
  bytes = 0;
  first: number | null = null;
  begins: number | null = null;
  reached: number | null = null;
  leading = 0;
  inter = false;
  orphans = 0;
  hidden = 0;
  blank = 0;
  readonly keys: number[] = [];
  readonly gaps: Moment[] = [];
  readonly moments: Moment[] = [];
  readonly #options: TallyOptions;
  /** When the first key packet is shown; `null` until it has come, and where it has no time. */
  #firstKey: number | null = null;
  #started = false;
  /** When the packet before ends, in decoding time; `null` before the first one. */
  #end: number | null = null;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  add(packet: PacketLine): void {
    const { dts, pts, duration, size, key, hidden } = packet;
    this.packets++;
    this.bytes += size;
    if (key && !this.#started) this.#firstKey = pts;
    this.#started ||= key;
    if (!key) this.inter = true;
    else if (this.inter && pts !== null && !hidden) this.keys.push(pts);
    if (!this.#started) this.leading++;
    else if (pts !== null && this.#firstKey !== null && pts < this.#firstKey) this.orphans++;
    const blank = this.#options.blanks && size <= blankTextBytes;
    if (pts !== null && !blank) this.begins = Math.min(this.begins ?? Infinity, pts);
    if (hidden) this.hidden++;
    else if (blank) this.blank++;
    else if (pts !== null) this.#show({ from: pts, to: pts + duration });
    if (dts === null) return;
    const late = this.#end === null ? 0 : dts - this.#end;
    if (duration > 0 && late > duration / 2 && this.gaps.length < mostGaps) {
      this.gaps.push({ from: this.#end!, to: dts });
    }
    this.#end = dts + duration;
  }

  #show(moment: Moment): void {
    this.first = Math.min(this.first ?? Infinity, moment.from);
    this.reached = Math.max(this.reached ?? -Infinity, moment.to);
    if (this.#options.moments) this.moments.push(moment);
  }
}

/** One packet; times in seconds, `null` where the container gives none. */
export type PacketLine = {
  /** Place of its stream among those that are counted, from 0. */
  readonly place: number;
  readonly dts: number | null;
  readonly pts: number | null;
  readonly duration: number;
  readonly size: number;
  readonly key: boolean;
  /** An edit list says that it is not shown. */
  readonly hidden: boolean;
};

/**
 * How ffmpeg's framecrc muxer describes a packet: stream, dts, pts, duration, size, checksum, and
 * flags unless they are just that of a key packet.
 */
const packetLine =
  /^(\d+), +(-?\d+), +(-?\d+), +(\d+), +(\d+), 0x[0-9a-f]+(?:, F=0x([0-9A-Fa-f]+))?/;

/** ffmpeg's packet flags AV_PKT_FLAG_KEY and AV_PKT_FLAG_DISCARD. */
const [keyFlag, hiddenFlag] = [1, 4];

/** What framecrc writes for a missing time. */
const unsetTime = -(2 ** 63);

/** The packet in a line of framecrc; `null` for any other line. `ticks` are those of streams. */
export function parsePacketLine(line: string, ticks: readonly Ratio[]): PacketLine | null {
  const match = packetLine.exec(line);
  if (match === null) return null;
  const [place, dts, pts, duration, size] = match.slice(1, 6).map(Number);
  const { num, den } = ticks[place!] ?? { num: 1, den: 1000 };
  const seconds = (value: number): number => (value * num) / den;
  const time = (value: number): number | null => (value === unsetTime ? null : seconds(value));
  const flags = match[6] === undefined ? keyFlag : parseInt(match[6], 16);
  return {
    ...{ place: place!, dts: time(dts!), pts: time(pts!), duration: seconds(duration!) },
    ...{ size: size!, key: (flags & keyFlag) !== 0, hidden: (flags & hiddenFlag) !== 0 },
  };
}

/** How framecrc states a stream's time base. */
const tickLine = /^#tb (\d+): (\d+)\/(\d+)/;

/** The time base of the stream at `place` in a line of framecrc; `null` for any other line. */
export function parseTickLine(line: string): { place: number; tick: Ratio } | null {
  const match = tickLine.exec(line);
  if (match === null) return null;
  const [place, num, den] = match.slice(1).map(Number);
  return { place: place!, tick: { num: num!, den: den! } };
}
