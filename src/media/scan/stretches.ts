import { filmPeriod } from '../source/footage-runs.js';
import type { FieldState } from './field-states.js';

/** A run of fewer frames counts as a part of its neighbour. */
const leastRun = 10;

/** Frames from `first` on and before `end` that follow from one state, that of the first. */
export type Stretch = { first: number; end: number; readonly state: FieldState };

/**
 * The state of a frame that is `frames` frames after one of `state`, or before it if negative.
 */
export function later(state: FieldState, frames: number): FieldState {
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
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const next of stretches) {
    const last = found.at(-1);
    if (last !== undefined && goesOn(last, next)) last.end = next.end;
    else found.push({ ...next });
  }
  return found;
}

/** Joins stretches that are too short to count to their longer neighbour. */
export function withoutShort(all: Stretch[]): Stretch[] {
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
