import { FramePool, type Frame } from '../../planes/frame.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { isCutOff } from '../damage/cut-off.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { throwIfAborted } from '../program/process.js';
import type { Source, VideoStream } from '../source/source.js';
import { canSeek } from './decode-command.js';
import type { DecodeLog } from './decode-log.js';
import type { DecodedFrames, DecodeReport, DecodeRequest } from './decode-report.js';
import { DecodeRun } from './decode-run.js';
import { FormWatch, type FormChange } from './frame-form.js';
import { PictureTimes } from './picture-times.js';
import { expectedTimes, withRepeats } from './repeats.js';
import { RunPictures, type TimedFrame } from './run-pictures.js';
import type { TimestampMender } from './timestamps.js';

/** A seek led to a place after the wanted frame, or to frames without trustworthy timestamps. */
const missed = Symbol('missed');

/**
 * Decodes the video of `source`: every frame once, with its own timestamp, nothing duplicated or
 * dropped. ffmpeg writes only as fast as frames are taken.
 *
 * Iteration throws `VsrError('interrupted')` once `signal` fires, and `VsrError('media')` if ffmpeg
 * fails or hangs. Damage in the source throws nothing; it is in the report. Leaving the iteration
 * early stops ffmpeg.
 */
export function decodeFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  request: DecodeRequest = {},
): DecodedFrames {
  return new Decoding(ffmpeg, source, request);
}

class Decoding implements DecodedFrames {
  readonly layout;
  readonly #ffmpeg: Ffmpeg;
  readonly #source: Source;
  readonly #request: DecodeRequest;
  readonly #pool: FramePool;
  readonly #from: number;
  readonly #to: number;
  readonly #lead: number;
  readonly #maxFrames: number;
  /** What was noticed of the frames of the last run; a run whose seek missed is replaced. */
  #seen: SeenFrames;
  #log: DecodeLog | null = null;
  #mender: TimestampMender | null = null;
  /** Number of yielded frames where repeats were put back in. */
  #withRepeats = 0;
  #exitCode = -1;
  #isShort = false;

  constructor(ffmpeg: Ffmpeg, source: Source, request: DecodeRequest) {
    const { video } = source;
    this.layout = frameLayout(video.format, video.width, video.height);
    this.#ffmpeg = ffmpeg;
    this.#source = source;
    this.#request = request;
    this.#pool = new FramePool(this.layout);
    this.#from = request.range?.from ?? -Infinity;
    this.#to = request.range?.to ?? Infinity;
    this.#lead = request.lead ?? 0;
    this.#maxFrames = request.maxFrames ?? Infinity;
    this.#seen = new SeenFrames(video, true);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    const expected = await expectedTimes(this.#ffmpeg, this.#source, this.#request.signal);
    if (expected === null) {
      yield* this.#decoded();
      return;
    }
    const before = expected.filter((pts) => pts < this.#from).length;
    const first = Math.max(0, before - this.#lead);
    const times = expected.slice(first).filter((pts) => pts < this.#to);
    let wanted = 0;
    for await (const frame of withRepeats(this.#decoded(), times, () => this.#buffer())) {
      this.#withRepeats = frame.index + 1;
      yield frame;
      if (frame.pts >= this.#from) wanted += 1;
      if (wanted >= this.#maxFrames) return;
    }
  }

  release(frame: Frame): void {
    this.#pool.release(frame);
  }

  report(): DecodeReport {
    const { frames, damaged, sizeChanges, formChanges } = this.#seen;
    const log = this.#log;
    const isWhole =
      this.#from === -Infinity && this.#to === Infinity && this.#maxFrames === Infinity;
    return {
      frames: Math.max(frames, this.#withRepeats),
      damagedFrames: damaged,
      sizeChanges,
      formChanges,
      unreadable: log?.unreadable ?? false,
      truncated:
        this.#isShort ||
        (log?.unreadable ?? false) ||
        (log?.cutShort ?? false) ||
        (isWhole && this.#exitCode >= 0 && endsDamaged(frames, damaged)),
      messages: log?.messages ?? [],
      complaints: log?.complaints ?? [],
      exitCode: this.#exitCode,
      lostPackets: log?.lostPackets ?? 0,
      inventedTimestamps: this.#mender?.invented ?? 0,
      movedTimestamps: this.#mender?.moved ?? 0,
    };
  }

  #buffer(): Uint8Array {
    return this.#pool.take(0, 0).data;
  }

  #discard({ data, pts }: TimedFrame): void {
    this.#pool.release({ index: 0, pts, data });
  }

  async *#decoded(): AsyncGenerator<Frame> {
    const seekTo = canSeek(this.#source) ? this.#request.seekTo : undefined;
    const outcome = yield* this.#once(seekTo);
    if (outcome === missed) yield* this.#once(undefined);
  }

  /** One run of ffmpeg from `seekTo` on. */
  async *#once(seekTo: number | undefined): AsyncGenerator<Frame, typeof missed | void> {
    const { signal, stallTimeoutMs } = this.#request;
    // Only here do ffmpeg's frames correspond one to one to those that are wanted.
    const { video } = this.#source;
    const isLimited =
      this.#from === -Infinity && this.#maxFrames !== Infinity && video.runs === null;
    const byRuns =
      video.runs === null
        ? null
        : new RunPictures(video, video.runs, this.layout, () => this.#buffer());
    const run = DecodeRun.start(this.#ffmpeg, this.#source, {
      ...{ seekTo, signal, stallTimeoutMs },
      frames: isLimited ? this.#maxFrames : undefined,
      frameBytes: byRuns?.frameBytes ?? this.layout.byteLength,
      take: byRuns?.buffer ?? (() => this.#buffer()),
    });
    const times = new PictureTimes(run.log, video);
    const pictures = byRuns?.of(run.pictures, times) ?? timedFrames(run, times);
    this.#log = run.log;
    this.#mender = times.mender;
    this.#seen = new SeenFrames(this.#source.video, seekTo === undefined);
    let isAll = false;
    try {
      const outcome = yield* this.#wanted(pictures, times.mender, seekTo !== undefined);
      isAll = outcome === 'all';
      return outcome === missed ? missed : undefined;
    } finally {
      const { exitCode, problem } = await run.end(isAll, this.#seen.frames);
      throwIfAborted(signal);
      if (isAll) {
        this.#exitCode = exitCode;
        this.#isShort = run.pictures.leftOver > 0 || (await isCutOff(this.#source));
      }
      // A failure of ffmpeg is the cause of whatever ended the loop, so it is the one to report.
      // eslint-disable-next-line no-unsafe-finally
      if (problem !== null) throw problem;
    }
  }

  /**
   * The frames of a run that lie in the range, and the `lead` frames before it. Returns `all` where
   * the run came to its end, `missed` where its seek missed, and nothing where enough was read.
   */
  async *#wanted(
    pictures: AsyncIterable<TimedFrame>,
    mender: TimestampMender,
    isSought: boolean,
  ): AsyncGenerator<Frame, 'all' | typeof missed | void> {
    let isFound = !isSought;
    /** Number of frames from `range.from` on. */
    let wanted = 0;
    /** The last `lead` frames before it. */
    const early: TimedFrame[] = [];
    for await (const frame of pictures) {
      const { info, pts } = frame;
      if (pts >= this.#to) return;
      if (!isFound) {
        // Frames before a key frame may be damaged, and one without a timestamp has no known place.
        const { invented } = mender;
        isFound = info.key && pts <= this.#from && invented === 0;
        if (!isFound && (pts >= this.#from || invented > 0)) return missed;
      }
      if (pts < this.#from) {
        early.push(frame);
        if (early.length > this.#lead) this.#discard(early.shift()!);
        continue;
      }
      for (const earlier of early.splice(0)) yield this.#seen.next(earlier);
      yield this.#seen.next(frame);
      wanted += 1;
      if (wanted >= this.#maxFrames) return;
    }
    return 'all';
  }
}

/** The pictures that ffmpeg gives, each with its time. */
async function* timedFrames(run: DecodeRun, times: PictureTimes): AsyncGenerator<TimedFrame> {
  for await (const data of run.pictures) {
    const timed = await times.next();
    if (timed === null) return;
    yield { ...timed, data };
  }
}

/** Collects what the report says about the frames of one run. */
class SeenFrames {
  frames = 0;
  readonly damaged: number[] = [];
  readonly sizeChanges: { frame: number; width: number; height: number }[] = [];
  #size: { readonly width: number; readonly height: number };
  readonly #forms: FormWatch;
  /** The last frame: its form is compared once the next frame has come, when it is complete. */
  #last: { readonly frame: number; readonly timed: TimedFrame } | null = null;

  constructor(video: VideoStream, fromStart: boolean) {
    const { width, height, turn, crop } = video;
    this.#forms = new FormWatch(video, fromStart);
    // showinfo describes frames before they are turned.
    const decoded = turn?.transposed ? { width: height, height: width } : { width, height };
    this.#size = crop?.of ?? decoded;
  }

  get formChanges(): readonly FormChange[] {
    this.#compareLast();
    return this.#forms.changes;
  }

  #compareLast(): void {
    if (this.#last === null) return;
    const { frame, timed } = this.#last;
    this.#forms.next(frame, timed.pts, timed.info.form.value);
    this.#last = null;
  }

  next(timed: TimedFrame): Frame {
    const { data, info, pts, origin } = timed;
    this.#compareLast();
    this.#last = { frame: this.frames, timed };
    if (info.width !== this.#size.width || info.height !== this.#size.height) {
      this.#size = { width: info.width, height: info.height };
      this.sizeChanges.push({ frame: this.frames, ...this.#size });
    }
    if (info.damaged) this.damaged.push(this.frames);
    this.frames += 1;
    return { index: this.frames - 1, pts, data, ...(origin === null ? {} : { origin }) };
  }
}

/** Whether only the last frames are damaged, as in a file that was cut off within one. */
function endsDamaged(frames: number, damaged: readonly number[]): boolean {
  return frames > 4 && damaged.length > 0 && damaged[0]! >= frames - 4;
}
