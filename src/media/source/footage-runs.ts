import type { FootageKind } from '../../planes/frame.js';
import type { Ratio } from '../../planes/ratio.js';

/** Which field of a frame is shown first. */
export type FieldOrder = 'top' | 'bottom';

/** How film was spread over a run's frames: four pictures over five, or one field a frame late. */
export type RunCadence = '3:2' | '2:2';

/** Consecutive frames of a clip that are all of one kind. */
export type FootageRun = {
  /** Its first frame, counted from 0 at the clip's beginning; it ends where the next one begins. */
  readonly first: number;
  readonly kind: FootageKind;
  /** The field shown first; `null` where the frames are whole pictures. */
  readonly order: FieldOrder | null;
  /** `null` where the run is no film. */
  readonly cadence: RunCadence | null;
  /** For 3:2 film: which of the cadence's five frames the first one is, from 0; otherwise 0. */
  readonly place: number;
};

/** What all frames of a clip were detected as. */
export type FootageRuns = {
  /** In order; the first one begins at frame 0. */
  readonly runs: readonly FootageRun[];
  /**
   * Frames of film with a picture of which they hold one field alone, such as at a splice;
   * ascending.
   */
  readonly combed: readonly number[];
  /** Frames that repeat the one before at regular intervals; ascending. */
  readonly repeated: readonly number[];
  /** Number of frames of the clip. */
  readonly frames: number;
  /** Median number of ticks, of the file's time base, from frame to frame; `null` if unknown. */
  readonly usualTicks: number | null;
};

/** What is done with the frames of each run while they are decoded. */
export type RunPlan = Omit<FootageRuns, 'usualTicks'> & {
  /** Whether pictures of film are put together from their fields. */
  readonly weavesFilm: boolean;
  /** Video becomes one whole frame per frame or per field; `null` leaves its fields alone. */
  readonly videoRate: 'frame' | 'field' | null;
  /** Whether frames that repeat the one before are left out. */
  readonly dropsRepeats: boolean;
  /** Frames per second of the file; `null` where unknown. */
  readonly frameRate: Ratio | null;
};

/** Number of frames after which the 3:2 cadence repeats. */
export const filmPeriod = 5;

/** The frame of the cadence that gives no picture of its own, unless it is the last of its run. */
export const emptyPlace = 2;

/** The frame of the cadence whose picture has one field in the frame before. */
export const wovenPlace = 3;

/** Which frame of the cadence frame `number` of the clip is, in a run of 3:2 film. */
export function placeOf(run: FootageRun, number: number): number {
  return (run.place + number - run.first) % filmPeriod;
}

/** Number of frames of run `i`. */
export function lengthOf(
  { runs, frames }: Pick<FootageRuns, 'runs' | 'frames'>,
  i: number,
): number {
  return (runs[i + 1]?.first ?? frames) - runs[i]!.first;
}

/**
 * The number of pictures that the first `frames` frames of `run` become, repeats included.
 */
export function picturesOf(plan: RunPlan, run: FootageRun, frames: number): number {
  if (run.kind === 'video' && plan.videoRate === 'field') return 2 * frames;
  if (run.cadence !== '3:2' || !plan.weavesFilm) return frames;
  const combed = new Set(plan.combed);
  let count = 0;
  for (let number = run.first; number < run.first + frames; number++) {
    if (placeOf(run, number) !== emptyPlace || combed.has(number)) count++;
  }
  return count;
}

/** The number of pictures that all frames of a plan become, without repeats that it drops. */
export function pictureCount(plan: RunPlan): number {
  const all = plan.runs.reduce((sum, run, i) => sum + picturesOf(plan, run, lengthOf(plan, i)), 0);
  return all - (plan.dropsRepeats ? plan.repeated.length : 0);
}
