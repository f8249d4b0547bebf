import type { Moment, StreamTally } from '../damage/stream-tally.js';
import type { Container } from '../formats/containers.js';
import { isTextLines } from '../tracks/text-lines.js';
import type { StreamInfo } from '../source/source.js';

/** A stream of the source, and the same stream in the output. */
export type HeldStream = {
  readonly stream: StreamInfo;
  /** Its packets in the source. */
  readonly had: StreamTally;
  /** Its packets in the output. */
  readonly has: StreamTally;
  /** The encoder of a converted stream; `null` where packets were copied. */
  readonly encoder: string | null;
  /** Length of one tick of its timestamps, in seconds: the longer one of source and output. */
  readonly tick: number;
};

/** The clock of the output in relation to that of the source. */
export type HeldClock = {
  readonly container: Container;
  /** Seconds by which times in the output are later than in the source. */
  readonly shift: number;
  /** The part of the source that was asked for; `null` for all of it. */
  readonly window: Moment | null;
};

/** The part of a stream that must be in the output. */
type Wanted = Pick<StreamTally, 'packets' | 'bytes' | 'first' | 'begins' | 'reached'>;

/** Packets that may lack at the end of a part, where ffmpeg may stop copying one packet early. */
const spareAtEnd = 1;

/**
 * What of a stream must be in the output: packets that lie wholly in the window, but for the last.
 */
function wantedOf({ had, stream }: HeldStream, window: Moment | null): Wanted {
  const { hidden, blank, leading, bytes } = had;
  // ffmpeg copies video from its first key frame on.
  const skipped = stream.kind === 'video' ? leading : 0;
  if (window === null) {
    const packets = had.packets - hidden - blank - skipped;
    return { packets, bytes, first: had.first, begins: had.begins, reached: had.reached };
  }
  const inside = had.moments.filter(({ from, to }) => from >= window.from && to <= window.to);
  // A line of text that is on screen where the window begins is in the output, and begins there.
  const onScreen = isTextLines(stream)
    ? had.moments.filter(({ from, to }) => from < window.from && to > window.from).length
    : 0;
  const packets = onScreen + Math.max(0, inside.length - spareAtEnd);
  if (packets === 0) return { packets, bytes: 0, first: null, begins: null, reached: null };
  const earliest = inside.reduce((least, { from }) => Math.min(least, from), Infinity);
  const first = onScreen > 0 ? window.from : earliest;
  // Where the part begins with the clip, packets that an edit list hides may be in the output, too.
  const begins = window.from === -Infinity ? had.begins : first;
  return { packets, bytes: Infinity, first, begins, reached: null };
}

/** PCM, which containers cut into packets of different lengths. */
const isPcm = ({ codec }: StreamInfo): boolean => codec.startsWith('pcm_');

/** Seconds from the beginning of a stream's first packet to the end of its last one. */
const lengthOf = ({ first, reached }: Pick<StreamTally, 'first' | 'reached'>): number | null =>
  first === null || reached === null ? null : reached - first;

/** Mean duration of a packet, in seconds. */
function packetSeconds(tally: StreamTally): number {
  return (lengthOf(tally) ?? 0) / Math.max(1, tally.packets);
}

/** Says how many packets of the source are not in the output; `null` if all are there. */
function missingPackets(held: HeldStream, window: Moment | null): string | null {
  const { stream, has, encoder } = held;
  const wanted = wantedOf(held, window);
  if (encoder !== null || isPcm(stream)) {
    return missingTime(held, lengthOf(wanted));
  }
  const there = has.packets - has.blank;
  // The same bytes may be in fewer packets: some demuxers join packets that others split.
  if (there >= wanted.packets || has.bytes >= wanted.bytes) return null;
  return `${wanted.packets - there} of ${wanted.packets} packets of the source are not in it`;
}

/**
 * Says by how many seconds a stream is shorter than in the source; `null` if it is not. This serves
 * for streams whose packets cannot be compared, because they were converted or cut anew.
 */
function missingTime({ stream, had, has }: HeldStream, wanted: number | null): string | null {
  // Subtitles are not checked: when converted, a line that holds only a drawing disappears.
  if (wanted === null || stream.kind !== 'audio') return null;
  const short = wanted - (lengthOf(has) ?? 0);
  return short <= 0.05 + 2 * packetSeconds(had)
    ? null
    : `${short.toFixed(2)} of ${wanted.toFixed(2)} seconds of the source are not in it`;
}

/**
 * A difference in seconds that nobody hears. Containers differ in whether they count a decoder's
 * first samples, which are not sound yet.
 */
const unheardSeconds = 0.005;

/** Seconds by which a start may differ: a tick of either file, and a frame in AVI. */
function startTolerance({ tick, encoder, had }: HeldStream, { container }: HeldClock): number {
  const grid = container.ticks === 'frame' ? 0.04 : 0;
  return 1.5 * tick + unheardSeconds + grid + (encoder === null ? 0 : packetSeconds(had));
}

/**
 * Says by how much a stream starts too early or too late beside the video; `null` if it does not.
 */
function movedStart(held: HeldStream, clock: HeldClock): string | null {
  const { first, begins } = wantedOf(held, clock.window);
  if (first === null || begins === null || held.has.first === null) return null;
  // In containers without edit lists, the packets that one hides before the start are not hidden.
  // Muxers put them anywhere from their own time to that of the first packet that is shown.
  const start = held.has.first - clock.shift;
  const [earliest, latest] = [Math.min(begins, first), Math.max(begins, first)];
  const late = start < earliest ? start - earliest : Math.max(0, start - latest);
  if (Math.abs(late) <= startTolerance(held, clock)) return null;
  return `it starts ${Math.abs(late).toFixed(3)} s too ${late > 0 ? 'late' : 'early'} beside the video`;
}

/**
 * Sentences on how a kept stream of the output differs from that of the source; empty if it does
 * not.
 */
export function differences(held: HeldStream, clock: HeldClock): string[] {
  return [missingPackets(held, clock.window), movedStart(held, clock)].filter(
    (words) => words !== null,
  );
}

/**
 * The largest difference, in seconds, in how long the last picture is shown that is not announced.
 * Up to it, one frame is allowed: the frames of a slide show last for seconds.
 */
const longestUntold = 0.25;

/**
 * How much longer the video is than in the source, in seconds; negative if it is shorter, 0 where
 * the difference is within a frame or unknown. `tick` is a tick of either file, in seconds.
 */
export function videoStretch(had: StreamTally, has: StreamTally, tick: number): number {
  const [before, after] = [lengthOf(had), lengthOf(has)];
  if (before === null || after === null) return 0;
  const stretch = after - before;
  const within = Math.min(1.1 * packetSeconds(had), longestUntold) + 2 * tick;
  return Math.abs(stretch) <= within ? 0 : stretch;
}
