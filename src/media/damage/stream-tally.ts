import type { Ratio } from '../../planes/ratio.js';

/** When a packet's content is there, in seconds. */
export type Moment = { readonly from: number; readonly to: number };

/** What was read of one stream. Times are seconds on the file's clock. */
export type StreamTally = {
  readonly packets: number;
  readonly bytes: number;
  /** The least time of a packet that is shown; `null` without one. */
  readonly first: number | null;
  /** The least time of any packet, hidden ones too; `null` without one. */
  readonly begins: number | null;
  /** Where the last packet that is shown ends, by its time and length; `null` without one. */
  readonly reached: number | null;
  /** Packets before the first key packet: nothing can be made of them. */
  readonly leading: number;
  /**
   * Packets that come after the first key packet and are shown before it: what they build on may
   * lie before the beginning.
   */
  readonly orphans: number;
  /** Packets that an edit list hides. */
  readonly hidden: number;
  /** Packets that hold nothing: MP4's text tracks fill their pauses with such. */
  readonly blank: number;
  /** Stretches of more than a packet's length in which no packet begins; the first hundred. */
  readonly gaps: readonly Moment[];
  /** Of every packet that is shown and not blank, where asked for; otherwise empty. */
  readonly moments: readonly Moment[];
};

const mostGaps = 100;

/** Bytes of a packet of `mov_text` without a text: the length of the text, which is 0. */
const blankTextBytes = 2;

/** What is counted beside packets. */
export type TallyOptions = {
  /** Packets as short as those of an empty text are blank. */
  readonly blanks: boolean;
  readonly moments: boolean;
};

/** Counts packets as their lines come by. */
export class Tally {
  packets = 0;
  bytes = 0;
  first: number | null = null;
  begins: number | null = null;
  reached: number | null = null;
  leading = 0;
  orphans = 0;
  hidden = 0;
  blank = 0;
  readonly gaps: Moment[] = [];
  readonly moments: Moment[] = [];
  readonly #options: TallyOptions;
  /** When the first key packet is shown; `null` before it has come, or where it has no time. */
  #firstKey: number | null = null;
  #started = false;
  /** Where the packet before ends in decoding order. */
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
 * What framecrc writes of a packet: stream, dts, pts, duration, size, checksum, and flags unless it
 * is a key packet.
 */
const packetLine =
  /^(\d+), +(-?\d+), +(-?\d+), +(\d+), +(\d+), 0x[0-9a-f]+(?:, F=0x([0-9A-Fa-f]+))?/;

/** ffmpeg's flags of packets. */
const [keyFlag, hiddenFlag] = [1, 4];

/** What framecrc writes for a time that is not set. */
const unsetTime = -(2 ** 63);

/** The packet that a line of framecrc tells of; `null` for any other line. */
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

/** How framecrc says how long a stream's ticks are. */
const tickLine = /^#tb (\d+): (\d+)\/(\d+)/;

/** The ticks of the stream at `place` that a line of framecrc tells; `null` for another line. */
export function parseTickLine(line: string): { place: number; tick: Ratio } | null {
  const match = tickLine.exec(line);
  if (match === null) return null;
  const [place, num, den] = match.slice(1).map(Number);
  return { place: place!, tick: { num: num!, den: den! } };
}
