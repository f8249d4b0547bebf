import type { Ratio } from '../../planes/ratio.js';
import { capabilities } from '../program/capabilities.js';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import { rawInputOptions } from '../source/raw-input.js';
import type { Source, StreamInfo } from '../source/source.js';
import { complaintIn, type Complaint } from './complaint.js';

/** What was read of one stream. Times are seconds on the source's clock. */
export type StreamTally = {
  readonly packets: number;
  readonly bytes: number;
  /** The least time of a packet; `null` without one. */
  readonly first: number | null;
  /** Where the last packet ends, by its time and length; `null` without one. */
  readonly reached: number | null;
  /** Packets before the first key packet: nothing can be made of them. */
  readonly leading: number;
  /** Packets that an edit list hides. */
  readonly hidden: number;
  /** Stretches of more than a packet's length in which no packet begins; the first hundred. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
};

/** A complaint, and where reading was when it was made. */
export type LocatedComplaint = Complaint & {
  /** Seconds on the source's clock; `null` before the first packet. */
  readonly at: number | null;
};

/** Every packet of a source, counted, and what ffmpeg said while it read them. */
export type SourceCensus = {
  /** By the index of the stream. */
  readonly streams: ReadonlyMap<number, StreamTally>;
  readonly complaints: readonly LocatedComplaint[];
};

export type CensusOptions = {
  /** Decodes the sound as well, to hear what its decoders complain about. */
  readonly decodeSound: boolean;
  /** Reads what an edit list of MP4 hides, too. */
  readonly ignoreEdits?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly stallTimeoutMs?: number | undefined;
};

/** How many complaints are kept: a broken file can make one for every packet. */
const mostComplaints = 1000;
const mostGaps = 100;

/** Counts packets as their lines come by. */
class Tally {
  packets = 0;
  bytes = 0;
  first: number | null = null;
  reached: number | null = null;
  leading = 0;
  hidden = 0;
  readonly gaps: { from: number; to: number }[] = [];
  #started = false;
  /** Where the packet before ends in decoding order. */
  #end: number | null = null;

  add({ dts, pts, duration, size, key, hidden }: PacketLine): void {
    this.packets++;
    this.bytes += size;
    this.#started ||= key;
    if (!this.#started) this.leading++;
    if (hidden) this.hidden++;
    if (pts !== null) {
      this.first = Math.min(this.first ?? Infinity, pts);
      this.reached = Math.max(this.reached ?? -Infinity, pts + duration);
    }
    if (dts === null) return;
    const late = this.#end === null ? 0 : dts - this.#end;
    if (duration > 0 && late > duration / 2 && this.gaps.length < mostGaps) {
      this.gaps.push({ from: this.#end!, to: dts });
    }
    this.#end = dts + duration;
  }
}

/** One packet; times in seconds, `null` where the container gives none. */
type PacketLine = {
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

function parsePacketLine(line: string, ticks: readonly Ratio[]): PacketLine | null {
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

/**
 * The words of the command that copies `streams` into lines of text on stderr, between the
 * complaints.
 */
async function censusArguments(
  ffmpeg: Ffmpeg,
  source: Source,
  streams: readonly StreamInfo[],
  { decodeSound, ignoreEdits = false }: CensusOptions,
): Promise<string[]> {
  const decodable = decodeSound ? await capabilities(ffmpeg, 'decodableCodecs') : new Set<string>();
  const heard = streams.filter(({ kind, codec }) => kind === 'audio' && decodable.has(codec));
  const maps = (mapped: readonly StreamInfo[]): string[] =>
    mapped.flatMap(({ index }) => ['-map', `0:${index}`]);
  return buildArguments({
    options: ['-loglevel', 'level+info', '-nostats', '-copyts'],
    inputs: [
      {
        path: source.path,
        format: source.raw === null ? undefined : 'rawvideo',
        options: [
          ...(source.raw === null ? [] : rawInputOptions(source.raw)),
          ...(ignoreEdits ? ['-ignore_editlist', '1'] : []),
        ],
      },
    ],
    outputs: [
      {
        path: 'pipe:2',
        format: 'framecrc',
        options: [...maps(streams), '-c', 'copy', '-copyinkf', '-flush_packets', '1'],
      },
      ...(heard.length === 0 ? [] : [{ path: '-', format: 'null', options: maps(heard) }]),
    ],
  });
}

/**
 * Streams whose packets can be counted: pictures and files that are attached have none of their
 * own.
 */
function counted(source: Source, indices: ReadonlySet<number>): StreamInfo[] {
  return source.streams.filter(
    ({ index, kind, dispositions }) =>
      indices.has(index) &&
      kind !== 'attachment' &&
      kind !== 'unknown' &&
      !dispositions.includes('attached_pic'),
  );
}

/**
 * Reads a source once from end to end and counts the packets of the streams `indices`, without
 * decoding its video. Throws `VsrError('interrupted')` once `signal` fires; a source that is
 * damaged is no error: the complaints tell.
 */
export async function sourceCensus(
  ffmpeg: Ffmpeg,
  source: Source,
  indices: ReadonlySet<number>,
  options: CensusOptions,
): Promise<SourceCensus> {
  const streams = counted(source, indices);
  const tallies = streams.map(() => new Tally());
  const ticks = streams.map(({ timeBase }) => timeBase ?? { num: 1, den: 1000 });
  const complaints: LocatedComplaint[] = [];
  let at: number | null = null;
  /** Before that, decoders say of their first packets what they say again when it counts. */
  let reading = false;
  // A bare stream's demuxer has the name of its decoder.
  const isDemuxer = (speaker: string | null): boolean =>
    speaker === source.container && speaker !== source.video.codec;
  const onLine = (line: string): void => {
    const packet = parsePacketLine(line, ticks);
    if (packet !== null) {
      at = packet.pts ?? at;
      tallies[packet.place]?.add(packet);
      return;
    }
    const tick = tickLine.exec(line);
    if (tick !== null) ticks[Number(tick[1])] = { num: Number(tick[2]), den: Number(tick[3]) };
    if (line.includes('Stream mapping:')) reading = true;
    const complaint = complaintIn(line);
    if (complaint === null || complaints.length >= mostComplaints) return;
    if (reading || isDemuxer(complaint.speaker)) complaints.push({ ...complaint, at });
  };
  const child = startProcess(
    ffmpeg.ffmpeg,
    await censusArguments(ffmpeg, source, streams, options),
    {
      ...{ signal: options.signal, stallTimeoutMs: options.stallTimeoutMs, onStderrLine: onLine },
    },
  );
  child.stdout.resume();
  await child.done;
  throwIfAborted(options.signal);
  return {
    streams: new Map(streams.map(({ index }, place) => [index, tallies[place]!])),
    complaints,
  };
}
