import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { DecodedFrames, DecodeReport } from '../../media/decode/decode-report.js';
import type { Frame } from '../../planes/frame.js';
import { checkReadable } from '../plan/identity.js';
import type { JobContext } from './job-context.js';
import type { Segment } from './segment-plan.js';

/** What decoding one segment had to say; frames count from 0 in the segment. */
export type SegmentReport = {
  readonly damagedFrames: readonly number[];
  readonly messages: readonly string[];
  readonly truncated: boolean;
  /**
   * Frames from which on the source's picture has another size; they are brought to the first one.
   */
  readonly sizeChanges: readonly {
    readonly frame: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Packets of which the decoder made no frame. */
  readonly lostPackets: number;
  readonly complaints: SegmentComplaints;
};

/** What the decoder found broken in a segment. Ticks are of the frame that it showed next. */
export type SegmentComplaints = {
  readonly count: number;
  /** The first one's words; empty without one. */
  readonly text: string;
  /** `null` where no frame came after it. */
  readonly firstPts: number | null;
  readonly lastPts: number | null;
  /**
   * Of them, those about the first frames that say no more than that what these build on is not
   * there.
   */
  readonly unstarted: number;
};

const noComplaints: SegmentComplaints = {
  ...{ count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
};

/**
 * What decoders say of pictures whose beginning lies before the file's, and of no others at its
 * start.
 */
const unstartedWords =
  /corrupt decoded frame|no frame!|non-existing [SP]PS|reference picture|Could not find ref|mmco|decode_slice_header error|Frame num|co located POCs|first frame is no keyframe|Error (?:while decoding stream|submitting packet)/i;

const silence: SegmentReport = {
  ...{ damagedFrames: [], messages: [], truncated: false, sizeChanges: [], lostPackets: 0 },
  complaints: noComplaints,
};

/** First frames of a segment that may lack what they build on: no group of pictures is longer. */
const mostEarly = 64;

/**
 * A seek that did not land on the segment's first frame: the container's index cannot be trusted.
 */
class MissedCut extends Error {}

/** One decoder and how far it is. */
type Run = {
  readonly decoded: DecodedFrames;
  readonly frames: AsyncIterator<Frame>;
  /** Frames taken from it, without the one that is held. */
  taken: number;
  /** The segment that it can go on with. */
  next: number;
  /** A frame that belongs to the next segment. */
  held: Frame | null;
};

/**
 * Reads segments of a clip. One decoder goes on from each to the next, so that every frame is what
 * an uncut run decodes; it seeks, where the segment says so, only to begin in the middle.
 */
export class SegmentReader implements AsyncDisposable {
  readonly #job: JobContext;
  #run: Run | null = null;
  #report: SegmentReport = silence;
  /** A decoder that is being started before its frames are wanted. */
  #starting: Promise<void> | null = null;

  constructor(job: JobContext) {
    this.#job = job;
  }

  /**
   * Starts decoding `segment` while its frames are not wanted yet, since that takes its time. Then
   * ask for `frames` of the same segment and number; what fails is thrown there.
   */
  prepare(segment: Segment, most: number): void {
    this.#starting = this.#begin(segment, most);
    this.#starting.catch(() => {});
  }

  /** The frames of `segment`, at most `most`; they must be read before those of another. */
  async *frames(segment: Segment, most: number): AsyncGenerator<Frame> {
    if (most <= 0) return;
    const starting = this.#starting;
    this.#starting = null;
    await starting;
    if (this.#run?.next !== segment.number) await this.#begin(segment, most);
    const run = this.#run!;
    run.next = segment.number + 1;
    const first = run.taken;
    const before = run.decoded.report();
    let ended = false;
    /** Times of the first frames. */
    const early: number[] = [];
    try {
      while (run.taken - first < most) {
        const frame = run.held ?? (await next(run.frames));
        run.held = null;
        if (frame === null) {
          ended = true;
          await this.#checkReadable(run);
          return;
        }
        if (segment.to !== null && frame.pts >= segment.to) {
          run.held = frame;
          return;
        }
        run.taken++;
        if (early.length < mostEarly) early.push(frame.pts);
        yield frame;
      }
    } finally {
      const report = run.decoded.report();
      const { damagedFrames, messages, truncated, sizeChanges, lostPackets } = report;
      const within = (frame: number): boolean => frame >= first && frame < run.taken;
      this.#report = {
        damagedFrames: damagedFrames.filter(within).map((frame) => frame - first),
        sizeChanges: sizeChanges
          .filter(({ frame }) => within(frame))
          .map((change) => ({ ...change, frame: change.frame - first })),
        lostPackets: lostPackets - before.lostPackets,
        messages: messages.slice(before.messages.length),
        complaints: complaintsWithin(report.complaints, segment, {
          to: this.#job.plan.range.to,
          start: startOf(
            early,
            damagedFrames.filter(within).map((frame) => frame - first),
          ),
          last: ended,
        }),
        // A file that breaks off says so within the last segment that still has frames of it.
        truncated: truncated && ended,
      };
    }
  }

  /** What decoding the segment read last had to say. */
  report(): SegmentReport {
    return this.#report;
  }

  /** Gives a frame's memory back. */
  release(frame: Frame): void {
    this.#run?.decoded.release(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting?.catch(() => {});
    await this.#end();
  }

  /**
   * What ffmpeg took for the source's end must be its end: otherwise the segment would count as
   * done.
   */
  async #checkReadable(run: Run): Promise<void> {
    const { plan, signal } = this.#job;
    const { settings, source } = plan;
    if (settings.allowDamaged) return;
    await checkReadable(source.path, signal);
    if (!run.decoded.report().unreadable) return;
    throw new VsrError(
      'disk',
      `${source.path} could not be read to its end: the disk reported an error. Run the same command again, or copy the file to a sound disk first.`,
    );
  }

  /** Starts a decoder at `segment`; the first frame must be the segment's own. */
  async #begin(segment: Segment, most: number): Promise<void> {
    try {
      await this.#start(segment, segment.seekTo, most);
    } catch (error) {
      if (!(error instanceof MissedCut)) throw error;
      // Reading from the beginning is slower and always right.
      await this.#start(segment, null, most);
    }
  }

  async #start(segment: Segment, seekTo: number | null, most: number): Promise<void> {
    await this.#end();
    const { ffmpeg, plan, signal } = this.#job;
    const { settings, range, source } = plan;
    const decoded = decodeFrames(ffmpeg, source, {
      range: {
        ...(segment.from === null ? {} : { from: segment.from }),
        ...(range.to === undefined ? {} : { to: range.to }),
      },
      ...(seekTo === null ? {} : { seekTo }),
      ...(most === Infinity ? {} : { maxFrames: most }),
      signal,
      stallTimeoutMs: settings.stallTimeoutMs,
    });
    const frames = decoded[Symbol.asyncIterator]();
    this.#run = { decoded, frames, taken: 0, next: segment.number, held: null };
    const first = await next(frames);
    this.#run.held = first;
    // A cut lies at a keyframe's own time, so that frame must be there.
    if (seekTo !== null && segment.number > 0 && first?.pts !== segment.from) throw new MissedCut();
  }

  async #end(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.frames.return?.();
  }
}

/**
 * Where the first frames of a segment lie that the decoder reports as damaged, one after the other:
 * at least its first.
 */
function startOf(frames: readonly number[], damaged: readonly number[]): number {
  let count = 0;
  while (damaged[count] === count && count + 1 < frames.length) count++;
  return frames[count] ?? Infinity;
}

/**
 * The complaints that belong to a segment's frames. A decoder that began before it, at a key frame,
 * may have met others: leading pictures that lack what they build on, and what an earlier segment
 * holds.
 */
function complaintsWithin(
  all: DecodeReport['complaints'],
  segment: Segment,
  { to, start, last }: { to: number | undefined; start: number; last: boolean },
): SegmentComplaints {
  const [first, end] = [segment.from ?? -Infinity, segment.to ?? to ?? Infinity];
  const own = all.filter(({ pts }) => (pts === null ? last : pts >= first && pts < end));
  if (own.length === 0) return noComplaints;
  const unstarted = ({ pts, text }: (typeof own)[number]): boolean =>
    pts !== null && pts <= start && unstartedWords.test(text);
  const told = own.find((complaint) => !unstarted(complaint)) ?? own[0]!;
  return {
    count: own.length,
    text: told.text,
    firstPts: told.pts,
    lastPts: own.at(-1)!.pts,
    unstarted: own.filter(unstarted).length,
  };
}

async function next(frames: AsyncIterator<Frame>): Promise<Frame | null> {
  const step = await frames.next();
  return step.done === true ? null : step.value;
}
