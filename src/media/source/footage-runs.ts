import type { FootageKind } from '../../planes/frame.js';
import type { Ratio } from '../../planes/ratio.js';

/** Which field of a frame is shown first. */
export type FieldOrder = 'top' | 'bottom';

/** How film's fields lie in a run's frames: four pictures in five, or each a field late. */
export type RunCadence = '3:2' | '2:2';

/** Frames of a clip, one after the other, that are all of one kind. */
export type FootageRun = {
  /** Its first frame, counted from 0 at the clip's beginning; it ends where the next one begins. */
  readonly first: number;
  readonly kind: FootageKind;
  /** The field shown first; `null` where the frames are whole pictures. */
  readonly order: FieldOrder | null;
  /** Of film; `null` otherwise. */
  readonly cadence: RunCadence | null;
  /** Of 3:2 film: which of the cadence's five frames the first one is, from 0; otherwise 0. */
  readonly place: number;
};

/** What all frames of a clip were found to be. */
export type FootageRuns = {
  /** In order; the first one begins at frame 0. */
  readonly runs: readonly FootageRun[];
  /** Frames of film whose picture is combed even so, as at a splice; rising. */
  readonly combed: readonly number[];
  /** Frames that repeat the one before at regular places; rising. */
  readonly repeated: readonly number[];
  /** Frames of the clip. */
  readonly frames: number;
  /** Ticks of the file's time base from one frame to the next, usually; `null` where unknown. */
  readonly usualTicks: number | null;
};

/** What is done with the frames of each run while they are decoded. */
export type RunPlan = Omit<FootageRuns, 'usualTicks'> & {
  /** Film's pictures are put together of their fields. */
  readonly weavesFilm: boolean;
  /** How many whole frames a frame of video becomes; `null` leaves its fields as they are. */
  readonly videoRate: 'frame' | 'field' | null;
  /** Frames that repeat the one before are left out. */
  readonly dropsRepeats: boolean;
  /** Frames a second of the file; `null` where unknown. */
  readonly frameRate: Ratio | null;
};

/** Frames of a period of 3:2 film. */
export const filmPeriod = 5;

/** The frame of that period that gives no picture of its own. */
export const emptyPlace = 2;

/** The frame of that period whose picture lies in it and in the frame before. */
export const wovenPlace = 3;

/** The frame of the cadence that frame `number` of the clip is, in a run of 3:2 film. */
export function placeOf(run: FootageRun, number: number): number {
  return (run.place + number - run.first) % filmPeriod;
}

/** Frames of run `i`. */
export function lengthOf(
  { runs, frames }: Pick<FootageRuns, 'runs' | 'frames'>,
  i: number,
): number {
  return (runs[i + 1]?.first ?? frames) - runs[i]!.first;
}

/**
 * The pictures that `frames` frames from the beginning of `run` on become, repeats not left out.
 */
export function picturesOf(plan: RunPlan, run: FootageRun, frames: number): number {
  if (run.kind === 'video' && plan.videoRate === 'field') return 2 * frames;
  if (run.cadence !== '3:2' || !plan.weavesFilm) return frames;
  let count = 0;
  for (let i = 0; i < frames; i++) if (placeOf(run, run.first + i) !== emptyPlace) count++;
  return count;
}

/** The pictures that all of a plan's frames become. */
export function pictureCount(plan: RunPlan): number {
  const all = plan.runs.reduce((sum, run, i) => sum + picturesOf(plan, run, lengthOf(plan, i)), 0);
  return all - (plan.dropsRepeats ? plan.repeated.length : 0);
}
