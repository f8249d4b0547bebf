import type { FootageKind } from '../../planes/frame.js';
import {
  emptyPlace,
  filmPeriod,
  placeOf,
  type FootageRun,
  type FootageRuns,
} from '../source/footage-runs.js';
import { likelyStates } from './field-runs.js';
import { misfit, shapesOf, type FieldShape, type FieldState } from './field-states.js';
import {
  isShifted,
  isVideo,
  leastLines,
  leastTelling,
  moves,
  type FieldStep,
  type JudgedFrame,
} from './judge-place.js';
import { repeatedFrames } from './repeated-frames.js';

/** A run of fewer frames counts as a part of its neighbour. */
const leastRun = 10;

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

/** Frames from `first` on and before `end` that follow from one state, that of the first. */
type Stretch = { first: number; end: number; readonly state: FieldState };

/**
 * The state of a frame that is `frames` frames after one of `state`, or before it if negative.
 */
function later(state: FieldState, frames: number): FieldState {
  if (state.kind !== 'film') return state;
  const place = (((state.place + frames) % filmPeriod) + filmPeriod) % filmPeriod;
  return { ...state, place };
}

function isSame(a: FieldState, b: FieldState): boolean {
  return a.kind === b.kind && a.order === b.order && a.place === b.place;
}

/** Whether `next` continues the state of `before`. */
const goesOn = (before: Stretch, next: Stretch): boolean =>
  isSame(later(before.state, next.first - before.first), next.state);

/** Joins neighbouring stretches of which the second continues the state of the first. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const next of stretches) {
    const last = found.at(-1);
    if (last !== undefined && goesOn(last, next)) last.end = next.end;
    else found.push({ ...next });
  }
  return found;
}

/** Joins stretches that are too short to count to their longer neighbour. */
function withoutShort(all: Stretch[]): Stretch[] {
  let stretches = all;
  while (stretches.length > 1) {
    const length = (i: number): number =>
      stretches[i] === undefined ? 0 : stretches[i].end - stretches[i].first;
    let shortest = 0;
    stretches.forEach((_, i) => {
      if (length(i) < length(shortest)) shortest = i;
    });
    if (length(shortest) >= leastRun) break;
    const one = stretches[shortest]!;
    const into = length(shortest - 1) >= length(shortest + 1) ? shortest - 1 : shortest + 1;
    const neighbour = stretches[into]!;
    const state =
      into < shortest ? neighbour.state : later(neighbour.state, one.first - neighbour.first);
    const whole = { first: Math.min(one.first, neighbour.first), end: one.end, state };
    whole.end = Math.max(one.end, neighbour.end);
    const from = Math.min(shortest, into);
    stretches = joined([...stretches.slice(0, from), whole, ...stretches.slice(from + 2)]);
  }
  return stretches;
}

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
  if (state.kind === 'progressive') return 'progressive';
  const frames = judgedFrames(shapes, steps, stretch);
  if (state.kind === 'shifted') return isShifted(frames) === true ? 'film' : 'unsure';
  if (state.kind === 'film') return 'film';
  const sure = isVideo(frames);
  if (sure === false) return 'progressive';
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
 * Moves the last frame of a run of film to the run of video after it, if it would give no picture
 * of its own. Its fields may show something that no other frame shows.
 */
function withoutLostEnds(runs: readonly FootageRun[]): FootageRun[] {
  return runs.map((run, i) => {
    const before = runs[i - 1];
    const isLost =
      before?.cadence === '3:2' &&
      run.kind === 'video' &&
      run.first - before.first > 1 &&
      placeOf(before, run.first - 1) === emptyPlace;
    return isLost ? { ...run, first: run.first - 1 } : run;
  });
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
  const shapes = shapesOf(steps.map((step) => step?.measure ?? null));
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
  const all = joined(stretches).map((each) => {
    const kind = surely(shapes, steps, each);
    return runOf(each, lines < leastLines && kind !== 'progressive' ? 'unsure' : kind);
  });
  const runs = withoutLostEnds(cutAtGaps(withoutSeams(all), steps));
  const combed: number[] = [];
  const repeated: number[] = [];
  runs.forEach((run, i) => {
    const end = runs[i + 1]?.first ?? frames;
    combed.push(...combedFrames(shapes, run, end));
    if (run.kind !== 'progressive') return;
    const measures = steps.slice(run.first, end).map((step) => step?.measure ?? null);
    repeated.push(...repeatedFrames(measures).map((at) => run.first + at));
  });
  return { runs, combed, repeated, frames, usualTicks: usual };
}
