import type { FrameOrigin, PictureField } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import {
  emptyPlace,
  placeOf,
  wovenPlace,
  type FootageRun,
  type RunPlan,
} from '../source/footage-runs.js';
import type { VideoStream } from '../source/source.js';
import type { FrameStream } from './frame-stream.js';
import { FilmTimes } from './film-times.js';
import { halfLength, type PictureTimes, type TimedPicture } from './picture-times.js';
import { stackOf, StackedPictures } from './stacked-pictures.js';

/** A picture with its samples. */
export type TimedFrame = TimedPicture & { readonly data: Uint8Array };

/**
 * In a video whose runs are treated differently, the number of ticks that one tick of the file
 * becomes, because pictures may then be at halves and quarters of it.
 */
export const ticksOfRuns = 4;

/**
 * Makes pictures of decoded frames, as the plan says for each run: pictures of film are put
 * together from their fields, fields of video become frames, all other frames stay. It counts
 * frames from the clip's beginning, so it must get all of them.
 */
export class RunPictures {
  readonly #plan: RunPlan;
  readonly #stacked: StackedPictures;
  readonly #take: () => Uint8Array;
  readonly #combed: ReadonlySet<number>;
  readonly #repeated: ReadonlySet<number>;
  readonly #film: FilmTimes;
  /** Number of the next frame. */
  #number = 0;
  /** Place in the plan of the last frame's run. */
  #runPlace = 0;
  /** Whether a frame was damaged that gave no picture of its own: the next picture is, too. */
  #isDamaged = false;

  /** `take` gives memory for a picture of `layout`. */
  constructor(video: VideoStream, plan: RunPlan, layout: FrameLayout, take: () => Uint8Array) {
    this.#plan = plan;
    this.#take = take;
    this.#stacked = new StackedPictures(layout, stackOf(plan), video.crop?.y ?? 0);
    this.#combed = new Set(plan.combed);
    this.#repeated = new Set(plan.dropsRepeats ? plan.repeated : []);
    this.#film = new FilmTimes(plan.frameRate, video.timeBase);
  }

  /** Bytes that ffmpeg writes per frame. */
  get frameBytes(): number {
    return this.#stacked.frameBytes;
  }

  /** Memory for what ffmpeg writes per frame; three buffers are used in turn. */
  readonly buffer = (): Uint8Array => this.#stacked.buffer();

  /** The pictures of all frames of `stream`, in order. */
  async *of(stream: FrameStream, times: PictureTimes): AsyncGenerator<TimedFrame> {
    let before: Uint8Array | null = null;
    let ahead: TimedPicture | null = null;
    for await (const data of stream) {
      const timed: TimedPicture | null = ahead ?? (await times.next());
      if (timed === null) return;
      ahead = await times.next();
      const passed = ahead === null ? Infinity : ahead.pts - timed.pts;
      yield* this.#pictures({ data, before, timed, half: halfLength(passed, times.usual) });
      before = data;
    }
  }

  *#pictures(frame: {
    readonly data: Uint8Array;
    readonly before: Uint8Array | null;
    readonly timed: TimedPicture;
    readonly half: number;
  }): Generator<TimedFrame> {
    const { data, before, timed, half } = frame;
    const plan = this.#plan;
    const number = this.#number++;
    while ((plan.runs[this.#runPlace + 1]?.first ?? Infinity) <= number) this.#runPlace++;
    const run = plan.runs[this.#runPlace]!;
    const isFilm = run.kind === 'film' && plan.weavesFilm;
    const isWhole = !(run.kind === 'video' && plan.videoRate !== null);
    const place = run.cadence === '3:2' ? placeOf(run, number) : wovenPlace;
    const isDamaged = this.#isDamaged || timed.info.damaged;
    this.#isDamaged = isDamaged;
    const isCombed = this.#combed.has(number);
    if (isFilm && place === emptyPlace && !isCombed) return;
    if (this.#repeated.has(number)) return;
    this.#isDamaged = false;
    const picture = (field: PictureField, pts: number, fill: (to: Uint8Array) => void) => {
      const origin = this.#origin(run, field, timed.pts);
      const to = this.#take();
      fill(to);
      return { data: to, pts, origin, info: { ...timed.info, damaged: isDamaged } };
    };
    const first = run.order ?? 'top';
    if (isFilm) {
      const pts = run.cadence === '3:2' ? this.#film.next(run, number, timed.pts) : timed.pts;
      const isWoven = place === wovenPlace;
      const lacksField = isWoven && (before === null || number === run.first);
      // The first field of such a frame belongs to the picture before, which is whole already.
      const field = place === emptyPlace ? 1 : 0;
      const shown = field === 0 ? first : first === 'top' ? 'bottom' : 'top';
      yield isCombed || lacksField
        ? picture(shown, pts, (to) => this.#stacked.field(data, first, field, to))
        : picture('film', pts, (to) =>
            isWoven ? this.#stacked.woven(data, before!, first, to) : this.#stacked.whole(data, to),
          );
      return;
    }
    if (isWhole) {
      yield picture('both', timed.pts, (to) => this.#stacked.whole(data, to));
      return;
    }
    yield picture(first, timed.pts, (to) => this.#stacked.field(data, first, 0, to));
    if (plan.videoRate !== 'field') return;
    const second = first === 'top' ? 'bottom' : 'top';
    yield picture(second, timed.pts + half, (to) => this.#stacked.field(data, first, 1, to));
  }

  #origin({ kind }: FootageRun, field: PictureField, pts: number): FrameOrigin {
    return { sourcePts: Math.floor(pts / ticksOfRuns), field, kind };
  }
}
