import type { Moment, StreamTally } from '../damage/stream-tally.js';
import type { Container } from '../formats/containers.js';
import { isTextLines } from '../tracks/text-lines.js';
import type { StreamInfo } from '../source/source.js';

/** A stream of the source, and what became of it in the output. */
export type HeldStream = {
  readonly stream: StreamInfo;
  /** What was read of it in the source. */
  readonly had: StreamTally;
  /** What was read of it in the output. */
  readonly has: StreamTally;
  /** The encoder of a converted stream; `null` for packets that were copied. */
  readonly encoder: string | null;
  /** Seconds of one tick of its timestamps, in the source or in the output: the longer one. */
  readonly tick: number;
};

/** How the clock of the output lies to that of the source. */
export type HeldClock = {
  readonly container: Container;
  /** What is added to a time of the source, in seconds. */
  readonly shift: number;
  /** The part of the source that was wanted; `null` for all of it. */
  readonly window: Moment | null;
};

/** What of a stream belongs into the output. */
type Wanted = Pick<StreamTally, 'packets' | 'bytes' | 'first' | 'begins' | 'reached'>;

/** ffmpeg ends a copied stream by the packet before: one fewer may be there. */
const spareAtEnd = 1;

/** The packets that lie wholly in the window, of which those at its end may be missing. */
function wantedOf({ had, stream }: HeldStream, window: Moment | null): Wanted {
  const { hidden, blank, leading, bytes } = had;
  // ffmpeg copies video from its first key frame on.
  const skipped = stream.kind === 'video' ? leading : 0;
  if (window === null) {
    const packets = had.packets - hidden - blank - skipped;
    return { packets, bytes, first: had.first, begins: had.begins, reached: had.reached };
  }
  const inside = had.moments.filter(({ from, to }) => from >= window.from && to <= window.to);
  // Lines of text that are on screen where the window begins are there from its start.
  const onScreen = isTextLines(stream)
    ? had.moments.filter(({ from, to }) => from < window.from && to > window.from).length
    : 0;
  const packets = onScreen + Math.max(0, inside.length - spareAtEnd);
  if (packets === 0) return { packets, bytes: 0, first: null, begins: null, reached: null };
  const earliest = inside.reduce((least, { from }) => Math.min(least, from), Infinity);
  const first = onScreen > 0 ? window.from : earliest;
  // What is hidden before the start is there as well where the part begins with the clip.
  const begins = window.from === -Infinity ? had.begins : first;
  return { packets, bytes: Infinity, first, begins, reached: null };
}

/** PCM is cut into packets as each container likes. */
const isPcm = ({ codec }: StreamInfo): boolean => codec.startsWith('pcm_');

/** Seconds from a stream's first packet to the end of its last. */
const lengthOf = ({ first, reached }: Pick<StreamTally, 'first' | 'reached'>): number | null =>
  first === null || reached === null ? null : reached - first;

/** Seconds of a packet, on the average. */
function packetSeconds(tally: StreamTally): number {
  return (lengthOf(tally) ?? 0) / Math.max(1, tally.packets);
}

/** Packets that are in the source and not in the output; `null` if all are there. */
function missingPackets(held: HeldStream, window: Moment | null): string | null {
  const { stream, has, encoder } = held;
  const wanted = wantedOf(held, window);
  if (encoder !== null || isPcm(stream)) {
    return missingTime(held, lengthOf(wanted));
  }
  const there = has.packets - has.blank;
  // The same bytes may lie in fewer packets: some readers join what others take apart.
  if (there >= wanted.packets || has.bytes >= wanted.bytes) return null;
  return `${wanted.packets - there} of ${wanted.packets} packets of the source are not in it`;
}

/** What the packets of a converted stream cannot tell, its length does. */
function missingTime({ stream, had, has }: HeldStream, wanted: number | null): string | null {
  // A line of text that holds nothing but a drawing becomes no line.
  if (wanted === null || stream.kind !== 'audio') return null;
  const short = wanted - (lengthOf(has) ?? 0);
  return short <= 0.05 + 2 * packetSeconds(had)
    ? null
    : `${short.toFixed(2)} of ${wanted.toFixed(2)} seconds of the source are not in it`;
}

/**
 * Seconds that nobody hears, and that containers count differently: a decoder's first samples are
 * not sound yet.
 */
const unheardSeconds = 0.005;

/** Times are read to a tick of either file, and AVI's to a frame. */
function startTolerance({ tick, encoder, had }: HeldStream, { container }: HeldClock): number {
  const grid = container.ticks === 'frame' ? 0.04 : 0;
  return 1.5 * tick + unheardSeconds + grid + (encoder === null ? 0 : packetSeconds(had));
}

/** By how much a stream begins too early or too late beside the video; `null` if it does not. */
function movedStart(held: HeldStream, clock: HeldClock): string | null {
  const { first, begins } = wantedOf(held, clock.window);
  if (first === null || begins === null || held.has.first === null) return null;
  // What an edit list hides before the start is there in containers that have no such list, and
  // begins where their muxers put it: anywhere from its own time to that of the first sound heard.
  const start = held.has.first - clock.shift;
  const [earliest, latest] = [Math.min(begins, first), Math.max(begins, first)];
  const late = start < earliest ? start - earliest : Math.max(0, start - latest);
  if (Math.abs(late) <= startTolerance(held, clock)) return null;
  return `it starts ${Math.abs(late).toFixed(3)} s too ${late > 0 ? 'late' : 'early'} beside the video`;
}

/**
 * What of a kept stream is not in the output as it was in the source, in words; empty where all
 * is.
 */
export function differences(held: HeldStream, clock: HeldClock): string[] {
  return [missingPackets(held, clock.window), movedStart(held, clock)].filter(
    (words) => words !== null,
  );
}

/**
 * Seconds by which a last picture may stand longer or shorter without a word: of slides, not all.
 */
const longestUntold = 0.25;

/**
 * How much longer or shorter the video is shown than in the source, in seconds; 0 where that is
 * within a frame, or cannot be told.
 */
export function videoStretch(had: StreamTally, has: StreamTally, tick: number): number {
  const [before, after] = [lengthOf(had), lengthOf(has)];
  if (before === null || after === null) return 0;
  const stretch = after - before;
  const within = Math.min(1.1 * packetSeconds(had), longestUntold) + 2 * tick;
  return Math.abs(stretch) <= within ? 0 : stretch;
}
