import type { FrameOrigin } from '../../planes/frame.js';
import { usualRate } from '../../planes/ratio.js';
import type { VideoStream } from '../source/source.js';
import type { DecodeLog, LoggedFrame } from './decode-log.js';
import { rescale, ticksPerFrame, timestampMender, type TimestampMender } from './timestamps.js';

/** The time of a picture, and the frame of the source that it was made of. */
export type TimedPicture = {
  readonly info: LoggedFrame;
  /** Ticks of the video's time base. */
  readonly pts: number;
  /** `null` for an unchanged frame. */
  readonly origin: FrameOrigin | null;
};

/**
 * If the next frame comes later than this many usual durations, there is a gap, and the frame
 * counts as one of the usual duration: its second field comes after half of that.
 */
const longestFrame = 1.5;

/** Half of a frame's duration, in ticks: `passed` to the next frame, `usual` for most frames. */
export function halfLength(passed: number, usual: number): number {
  const length = passed > longestFrame * usual ? usual : passed;
  return Math.max(1, Math.round(length / 2));
}

/** Gives the pictures of one decoding process their times, in order. */
export class PictureTimes {
  readonly mender: TimestampMender;
  readonly #log: DecodeLog;
  readonly #video: VideoStream;
  /** Ticks from one frame of the source to the next, usually. */
  readonly usual: number;
  /** Pictures that are made of one frame. */
  readonly #perFrame: 1 | 2;
  /** Number of frames read. */
  #read = 0;
  /** The frame whose second field comes next; `null` for none. */
  #half: TimedPicture | null = null;
  /** The frame that was read early, to know when it comes; `null` for none. */
  #ahead: TimedPicture | null = null;
  #ended = false;
  /** ffmpeg's time of the first frame, in ticks, where times follow from flags. */
  #begin: number | null = null;

  constructor(log: DecodeLog, video: VideoStream) {
    this.#log = log;
    this.#video = video;
    this.#perFrame = video.fields?.rate === 'field' ? 2 : 1;
    const rate = video.runs === null ? video.frameRate : video.runs.frameRate;
    this.usual = ticksPerFrame(rate, video.timeBase) * this.#perFrame;
    const { num, den } = video.timeBase;
    this.mender = timestampMender(this.usual, Math.round(((video.startTime ?? 0) * den) / num));
  }

  /** The next picture; `null` if the process ended without describing it. */
  async next(): Promise<TimedPicture | null> {
    if (this.#half !== null) {
      const first = this.#half;
      this.#half = null;
      this.#ahead = await this.#frame();
      const passed = this.#ahead === null ? Infinity : this.#ahead.pts - first.pts;
      const pts = first.pts + halfLength(passed, this.usual);
      return { ...first, pts, origin: this.#origin(first.pts, true) };
    }
    const frame = this.#ahead ?? (await this.#frame());
    this.#ahead = null;
    if (this.#perFrame === 2) this.#half = frame;
    return frame;
  }

  async #frame(): Promise<TimedPicture | null> {
    if (this.#ended) return null;
    const info = await this.#log.next();
    this.#ended = info === null;
    if (info === null) return null;
    const pts =
      this.#video.times === 'nominal'
        ? this.#counted(this.#read)
        : this.mender.next(this.#own(info));
    this.#read++;
    return { info, pts, origin: this.#origin(pts, false) };
  }

  /**
   * The time that ffmpeg gives a frame. Those that it works out by flags begin after the delay of
   * its decoder; here they begin at 0.
   */
  #own({ pts }: LoggedFrame): number | null {
    if (this.#video.times !== 'flags' || pts === null) return pts;
    this.#begin ??= pts;
    return pts - this.#begin;
  }

  /** The origin of the first or second picture of the frame at `pts`. */
  #origin(pts: number, second: boolean): FrameOrigin | null {
    const { fields } = this.#video;
    if (fields === null) return null;
    const field = (fields.order === 'top') === second ? 'bottom' : 'top';
    return { sourcePts: Math.floor(pts / this.#perFrame), field };
  }

  /** The time of frame `number` of a source without timestamps. */
  #counted(number: number): number {
    const { runs, timeBase } = this.#video;
    const frameRate = runs === null ? this.#video.frameRate : runs.frameRate;
    const { num, den } = frameRate ?? usualRate;
    const pictures = frameRate === null ? number : number * this.#perFrame;
    return rescale(pictures, { num: den, den: num }, timeBase);
  }
}
