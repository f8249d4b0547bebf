import type { FootageKind } from '../../planes/frame.js';
import {
  emptyPlace,
  filmPeriod,
  placeOf,
  wovenPlace,
  type FootageRun,
  type FootageRuns,
} from '../source/footage-runs.js';
import { likelyStates } from './field-runs.js';
import { misfit, shapesOf, type FieldShape, type FieldState } from './field-states.js';
import {
  hasMixed,
  isShifted,
  isVideo,
  leastLines,
  leastTelling,
  mayBeBlurred,
  moves,
  type FieldStep,
  type JudgedFrame,
} from './judge-place.js';
import { repeatedFrames } from './repeated-frames.js';
import { withExactSeams } from './seams.js';
import { joined, later, withoutShort, type Stretch } from './stretches.js';

/** A frame that is shown for more usual durations than this is a gap, which ends a run of film. */
const longestFrame = 1.5;

/** A run with a larger mean misfit is of no known kind, and is left alone. */
const worstMisfit = 0.45;

/** Video must fit better than progressive by this much, because it fits nearly everything. */
const leastAdvantage = 0.1;

/** Only a frame with at least this weight can count as combed. */
const leastWeight = 0.25;

/** With a larger misfit, such a frame counts as combed. */
const surelyWrong = 0.6;

/** Mean misfit of a stretch whose first frame is of `state`; 0 where no frame tells anything. */
function misfitTo(shapes: readonly FieldShape[], { first, end }: Stretch, state: FieldState) {
  let sum = 0;
  let weight = 0;
  for (let i = first; i < end; i++) {
    sum += shapes[i]!.weight * misfit(shapes[i]!, later(state, i - first));
    weight += shapes[i]!.weight;
  }
  return weight === 0 ? 0 : sum / weight;
}

const progressive: FieldState = { kind: 'progressive', order: null, place: 0 };

type Steps = readonly (FieldStep | null)[];

/** The frames of a stretch that follow a frame of their own scene. */
function judgedFrames(
  shapes: readonly FieldShape[],
  steps: Steps,
  { first, end, state }: Stretch,
): JudgedFrame[] {
  return steps.slice(first, end).flatMap((step, i) => {
    const tells = step !== null && !shapes[first + i]!.isCut;
    return tells ? [{ measure: step.measure, state }] : [];
  });
}

/**
 * What a stretch surely is: as its state says, progressive where only sharp drawn figures made it
 * look like video, or `unsure`. A place of a clip is judged by the same rules.
 */
function surely(shapes: readonly FieldShape[], steps: Steps, stretch: Stretch): FootageKind {
  const { state } = stretch;
  const own = misfitTo(shapes, stretch, state);
  if (own > worstMisfit) return 'unsure';
  const frames = judgedFrames(shapes, steps, stretch);
  const whole = mayBeBlurred(frames) ? 'unsure' : 'progressive';
  if (state.kind === 'progressive') return whole;
  if (state.kind === 'shifted') return isShifted(frames) === true ? 'film' : 'unsure';
  if (state.kind === 'film') {
    const { first, end } = stretch;
    const states = shapes.slice(first, end).map((_, i) => later(state, i));
    return hasMixed(shapes.slice(first, end), states) ? 'film' : 'unsure';
  }
  const sure = isVideo(frames);
  if (sure === false) return whole;
  const isClear = misfitTo(shapes, stretch, progressive) - own > leastAdvantage;
  return sure === true && isClear ? 'video' : 'unsure';
}

/** As video, what seems to be film with fields in two frames, but is combed when put together. */
function withoutFalseFilm(shapes: readonly FieldShape[], steps: Steps, stretch: Stretch): Stretch {
  const { state } = stretch;
  if (state.kind !== 'shifted') return stretch;
  if (isShifted(judgedFrames(shapes, steps, stretch)) !== false) return stretch;
  return { ...stretch, state: { ...state, kind: 'video' } };
}

function runOf({ first, state }: Stretch, kind: FootageKind): FootageRun {
  const { order, place } = state;
  if (kind === 'video') return { first, kind, order, cadence: null, place: 0 };
  if (kind !== 'film') return { first, kind, order: null, cadence: null, place: 0 };
  return state.kind === 'film'
    ? { first, kind, order, cadence: '3:2', place }
    : { first, kind, order, cadence: '2:2', place: 0 };
}

/** Joins neighbouring runs that are left as they are for the same reason. */
function withoutSeams(runs: readonly FootageRun[]): FootageRun[] {
  return runs.filter(({ kind, order }, i) => order !== null || runs[i - 1]?.kind !== kind);
}

/** Whether the cadence of film does not fit a frame, so that its picture would be combed. */
function isCombed(shape: FieldShape, run: FootageRun, number: number): boolean {
  if (run.kind !== 'film' || shape.weight < leastWeight) return false;
  const { order, cadence } = run;
  if (cadence === '2:2') return misfit(shape, { kind: 'shifted', order, place: 0 }) > surelyWrong;
  const place = placeOf(run, number);
  if (place === emptyPlace) return false;
  return misfit(shape, { kind: 'film', order, place }) > surelyWrong;
}

/**
 * The frames of a run, which ends before `end`, that its cadence does not fit. In 3:2 film a single
 * one does not count: where little moves, it may be noise.
 */
function combedFrames(shapes: readonly FieldShape[], run: FootageRun, end: number): number[] {
  const found: number[] = [];
  for (let number = run.first; number < end; number++) {
    if (isCombed(shapes[number]!, run, number)) found.push(number);
  }
  if (run.cadence === '2:2') return found;
  const isNear = (a: number, b: number | undefined): boolean =>
    b !== undefined && Math.abs(a - b) <= filmPeriod;
  return found.filter((at, i) => isNear(at, found[i - 1]) || isNear(at, found[i + 1]));
}

/** Cuts runs of film at gaps in the clip's times. */
function cutAtGaps(runs: readonly FootageRun[], steps: Steps) {
  const usual = usualTicks(steps) ?? Infinity;
  return runs.flatMap((run, i) => {
    if (run.kind !== 'film') return [run];
    const end = runs[i + 1]?.first ?? steps.length;
    const parts = [run];
    for (let number = run.first + 1; number < end; number++) {
      const passed = steps[number]?.ticks ?? 0;
      if (passed <= longestFrame * usual) continue;
      const place = run.cadence === '3:2' ? placeOf(run, number) : 0;
      parts.push({ ...run, first: number, place });
    }
    return parts;
  });
}

/**
 * The last frame of a run of 3:2 film, if it alone holds a field of a picture whose other field no
 * frame has: what follows is no film, or another place of a cadence.
 */
function lostEnd(run: FootageRun, next: FootageRun | undefined, end: number): number[] {
  if (run.cadence !== '3:2' || placeOf(run, end - 1) !== emptyPlace) return [];
  const goesOn = next?.cadence === '3:2' && next.place === wovenPlace && next.order === run.order;
  return goesOn ? [] : [end - 1];
}

/** The median number of ticks from one frame to the next; `null` where frames have no times. */
function usualTicks(steps: Steps): number | null {
  const ticks = steps.flatMap((step) => (step?.ticks == null ? [] : [step.ticks]));
  return ticks.toSorted((a, b) => a - b)[ticks.length >> 1] ?? null;
}

/**
 * Divides the frames of a clip into runs of one kind. `steps` tell how each frame fits the one
 * before it; that of the first frame is `null`. `lines` is the height of the picture. Frames that
 * tell nothing belong to the run beside them. A run that surely fits no kind is called unsure, so
 * that it will be left alone.
 */
export function findRuns(steps: Steps, lines: number): FootageRuns {
  const measures = steps.map((step) => step?.measure ?? null);
  const shapes = shapesOf(measures);
  const frames = steps.length;
  const usual = usualTicks(steps);
  if (shapes.reduce((sum, { weight }) => sum + weight, 0) < leastTelling) {
    const kind = moves(steps.filter((step) => step !== null)) ? 'unsure' : 'still';
    const run: FootageRun = { first: 0, kind, order: null, cadence: null, place: 0 };
    return { runs: [run], combed: [], repeated: [], frames, usualTicks: usual };
  }
  const states = likelyStates(shapes).map((state, first) => ({ first, end: first + 1, state }));
  const stretches = withoutShort(joined(states)).map((each) =>
    withoutFalseFilm(shapes, steps, each),
  );
  const all = withExactSeams(joined(stretches), shapes, measures).map((each) => {
    const kind = surely(shapes, steps, each);
    return runOf(each, lines < leastLines && kind !== 'progressive' ? 'unsure' : kind);
  });
  const runs = cutAtGaps(withoutSeams(all), steps);
  const combed: number[] = [];
  const repeated: number[] = [];
  runs.forEach((run, i) => {
    const end = runs[i + 1]?.first ?? frames;
    combed.push(...combedFrames(shapes, run, end), ...lostEnd(run, runs[i + 1], end));
    if (run.kind !== 'progressive') return;
    repeated.push(...repeatedFrames(measures.slice(run.first, end)).map((at) => run.first + at));
  });
  return { runs, combed, repeated, frames, usualTicks: usual };
}
