import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { DecodedFrames, DecodeReport } from '../../media/decode/decode-report.js';
import type { Frame } from '../../planes/frame.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { STEADY_REACH } from '../../enlarge/steady/steady-luma.js';
import { checkReadable } from '../plan/identity.js';
import { isSteadied } from '../plan/model-choice.js';
import type { JobContext } from './job-context.js';
import { complaintsWithin, noComplaints, startOf } from './segment-complaints.js';
import type { Segment } from './segment-plan.js';
import type { SegmentReport } from './segment-record.js';

/** The frames of one segment. */
export type SegmentFrames = {
  /** Whether they follow the segment that was read last; otherwise a new decoder was started. */
  readonly follows: boolean;
  /** After a new start, the frames before the segment that its own frames are compared with. */
  readonly lead: readonly Frame[];
  /** At most as many as were asked for; to be read before another segment is opened. */
  readonly frames: AsyncGenerator<Frame>;
  /**
   * After these are read: up to `count` frames of the job that follow them. Those will be read
   * again with their own segment.
   */
  after(count: number): Promise<readonly Frame[]>;
};

const emptyReport: SegmentReport = {
  ...{ damagedFrames: [], messages: [], truncated: false, lostPackets: 0 },
  ...{ sizeChanges: [], formChanges: [] },
  complaints: noComplaints,
};

/** How many first frames of a segment may lack their references: more than encoders reorder. */
const mostEarly = 64;

/**
 * A seek that landed in the wrong place: the container's index is wrong, or there are fewer frames
 * than its rate promises.
 */
class MissedCut extends Error {}

/** One decoder and its position. */
type Run = {
  readonly decoded: DecodedFrames;
  readonly frames: AsyncIterator<Frame>;
  /** Frames taken from it, not counting those in `held`. */
  taken: number;
  /** The segment that it reads next. */
  next: number;
  /** Frames that were read early and belong to later segments. */
  readonly held: Frame[];
  /** The decoder's report at the end of the segment before. */
  told: DecodeReport;
  /** Frames before its first segment, until that is opened; then `null`. */
  lead: readonly Frame[] | null;
};

/** Seconds before a segment at which reading begins at the latest, to have the frames before it. */
const leadSeconds = 0.5;

/**
 * Reads segments of a clip. One decoder goes on from each segment to the next, so that every frame
 * is decoded as in an uncut run. A decoder seeks only to start in the middle, where the segment
 * says so.
 */
export class SegmentReader implements AsyncDisposable {
  readonly #job: JobContext;
  #run: Run | null = null;
  #report: SegmentReport = emptyReport;
  /** A decoder that starts before its frames are wanted. */
  #starting: Promise<void> | null = null;

  constructor(job: JobContext) {
    this.#job = job;
  }

  /**
   * Starts decoding `segment` before its frames are wanted, because that takes time. `open` must
   * then get the same segment and number; it throws what fails here.
   */
  prepare(segment: Segment, most: number): void {
    this.#starting = this.#begin(segment, most);
    this.#starting.catch(() => {});
  }

  /** Opens `segment`, of which at most `most` frames are wanted, one or more. */
  async open(segment: Segment, most: number): Promise<SegmentFrames> {
    const starting = this.#starting;
    this.#starting = null;
    await starting;
    if (this.#run?.next !== segment.number) await this.#begin(segment, most);
    const run = this.#run!;
    run.next = segment.number + 1;
    const { lead } = run;
    run.lead = null;
    const first = run.taken;
    return {
      follows: lead === null,
      lead: lead ?? [],
      frames: this.#frames(run, segment, most),
      after: (count) => readAhead(run, Math.min(count, most - (run.taken - first))),
    };
  }

  async *#frames(run: Run, segment: Segment, most: number): AsyncGenerator<Frame> {
    const first = run.taken;
    const before = run.told;
    let ended = false;
    /** Times of the first frames. */
    const early: number[] = [];
    try {
      while (run.taken - first < most) {
        const frame = run.held.shift() ?? (await next(run.frames));
        if (frame === null) {
          ended = true;
          await this.#checkReadable(run);
          return;
        }
        if (segment.to !== null && frame.pts >= segment.to) {
          run.held.unshift(frame);
          return;
        }
        run.taken++;
        if (early.length < mostEarly) early.push(frame.pts);
        yield frame;
      }
    } finally {
      const report = run.decoded.report();
      run.told = report;
      const { damagedFrames, messages, truncated, lostPackets } = report;
      const within = (frame: number): boolean => frame >= first && frame < run.taken;
      const here = <T extends { readonly frame: number }>(changes: readonly T[]): T[] =>
        changes
          .filter(({ frame }) => within(frame))
          .map((change) => ({ ...change, frame: change.frame - first }));
      this.#report = {
        damagedFrames: damagedFrames.filter(within).map((frame) => frame - first),
        sizeChanges: here(report.sizeChanges),
        formChanges: here(report.formChanges),
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
        // The decoder reports a truncated file within the last segment that still has frames.
        truncated: truncated && ended,
      };
    }
  }

  /** The report of the decoder on the segment that was read last. */
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
   * Throws where ffmpeg's end of the source is not the real one: otherwise the segment would count
   * as done.
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

  /** Starts a decoder at `segment`, or earlier where frames before it are needed. */
  async #begin(segment: Segment, most: number): Promise<void> {
    try {
      await this.#start(segment, this.#seekTo(segment), most);
    } catch (error) {
      if (!(error instanceof MissedCut)) throw error;
      // Reading from the beginning is slower, but always right.
      await this.#start(segment, null, most);
    }
  }

  /**
   * How many frames before a segment are needed: two for the log's flicker, and where frames are
   * averaged, those that its first frame is averaged with. With both it is one more, so that the
   * later of the two frames for flicker is averaged as it was in its own segment.
   */
  #lead(segment: Segment): number {
    const { paths, chain, settings } = this.#job.plan;
    if (segment.number === 0) return 0;
    if (isSteadied(chain, settings)) return paths.log === null ? STEADY_REACH : STEADY_REACH + 1;
    return paths.log === null ? 0 : 2;
  }

  /** The time to which a decoder may seek: ffmpeg goes to the last key frame before it. */
  #seekTo(segment: Segment): number | null {
    const lead = this.#lead(segment);
    if (segment.seekTo === null || lead === 0) return segment.seekTo;
    const { frameRate, timeBase } = this.#job.plan.source.video;
    const seconds = Math.max(leadSeconds, (lead + 1) / framesPerSecond(frameRate));
    return segment.seekTo - Math.ceil((seconds * timeBase.den) / timeBase.num);
  }

  /** Throws MissedCut where the frames from `seekTo` on are not those that the segment needs. */
  async #start(segment: Segment, seekTo: number | null, most: number): Promise<void> {
    await this.#end();
    const { ffmpeg, plan, signal } = this.#job;
    const { settings, range, source } = plan;
    const wanted = this.#lead(segment);
    const decoded = decodeFrames(ffmpeg, source, {
      range: {
        ...(segment.from === null ? {} : { from: segment.from }),
        ...(range.to === undefined ? {} : { to: range.to }),
      },
      ...(seekTo === null ? {} : { seekTo }),
      lead: wanted,
      ...(most === Infinity ? {} : { maxFrames: most }),
      signal,
      stallTimeoutMs: settings.stallTimeoutMs,
    });
    const frames = decoded[Symbol.asyncIterator]();
    const lead: Frame[] = [];
    const place = { taken: 0, next: segment.number, told: decoded.report() };
    const run: Run = { decoded, frames, ...place, held: [], lead };
    this.#run = run;
    let frame = await next(frames);
    for (; frame !== null && frame.pts < (segment.from ?? -Infinity); frame = await next(frames)) {
      run.taken++;
      // Frames before the wanted part of the clip do not belong to the job.
      if (frame.pts >= (range.from ?? -Infinity)) lead.push(frame);
      if (lead.length > wanted) decoded.release(lead.shift()!);
    }
    if (frame !== null) run.held.push(frame);
    run.told = decoded.report();
    if (seekTo === null || segment.number === 0) return;
    // A cut is at a keyframe's own time, so that frame must come, and the frames before it.
    if (frame?.pts !== segment.from || lead.length < wanted) throw new MissedCut();
  }

  async #end(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    await run?.frames.return?.();
  }
}

/** The next frames, `count` at most; they will be read again. */
async function readAhead(run: Run, count: number): Promise<readonly Frame[]> {
  while (run.held.length < count) {
    const frame = await next(run.frames);
    if (frame === null) break;
    run.held.push(frame);
  }
  return run.held.slice(0, Math.max(0, count));
}

async function next(frames: AsyncIterator<Frame>): Promise<Frame | null> {
  const step = await frames.next();
  return step.done === true ? null : step.value;
}
