import { filmPeriod } from '../source/footage-runs.js';
import {
  fieldStates,
  misfit,
  misfitAhead,
  type FieldShape,
  type FieldState,
} from './field-states.js';

/**
 * The cost of a change from one state to another, in misfits of a frame: smaller where a scene
 * begins, because most changes are made there.
 */
const changeCost = 4;
const changeCostAtCut = 2.5;

/** The next state of each state when nothing changes: film advances in its cadence. */
const following: readonly number[] = fieldStates.map(({ kind, order, place }) =>
  fieldStates.findIndex(
    (next) =>
      next.kind === kind &&
      next.order === order &&
      next.place === (kind === 'film' ? (place + 1) % filmPeriod : place),
  ),
);

/**
 * The misfit of the first frame of a state. The frame before is of another kind, so that only the
 * frame after it tells what it is, if anything moves there.
 */
function entry(shape: FieldShape, state: FieldState): number {
  const ahead = misfitAhead(shape, state);
  return ahead === null ? shape.weight * misfit(shape, state) : shape.ahead!.weight * ahead;
}

/**
 * The most likely state of each frame: the sequence of states whose misfits and changes together
 * cost least (the Viterbi algorithm). `shapes` are those of consecutive frames.
 */
export function likelyStates(shapes: readonly FieldShape[]): FieldState[] {
  const count = fieldStates.length;
  let costs = new Float64Array(count);
  /** For each frame and state: the state of the frame before on the cheapest path there. */
  const paths: Uint8Array[] = [];
  for (const [i, shape] of shapes.entries()) {
    const next = new Float64Array(count).fill(Infinity);
    const path = new Uint8Array(count);
    let cheapest = 0;
    for (let s = 1; s < count; s++) if (costs[s]! < costs[cheapest]!) cheapest = s;
    for (let s = 0; s < count; s++) {
      const change = i === 0 ? 0 : shape.isCut ? changeCostAtCut : changeCost;
      next[s] = costs[cheapest]! + change + entry(shape, fieldStates[s]!);
      path[s] = cheapest;
    }
    for (let s = 0; s < count; s++) {
      const to = following[s]!;
      const cost = costs[s]! + shape.weight * misfit(shape, fieldStates[to]!);
      if (i > 0 && cost <= next[to]!) {
        next[to] = cost;
        path[to] = s;
      }
    }
    paths.push(path);
    costs = next;
  }
  const found: FieldState[] = [];
  let state = costs.indexOf(Math.min(...costs));
  for (let i = shapes.length - 1; i >= 0; i--) {
    found.push(fieldStates[state]!);
    state = paths[i]![state]!;
  }
  return found.reverse();
}

/**
 * The mean misfit of all frames to one kind of state, with the field order and cadence that fit
 * best. It tells how certain a judgement is.
 */
export function misfitOfKind(shapes: readonly FieldShape[], kind: FieldState['kind']): number {
  const weight = shapes.reduce((sum, shape) => sum + shape.weight, 0);
  if (weight === 0) return 0;
  let least = Infinity;
  for (const [start, { kind: first }] of fieldStates.entries()) {
    if (first !== kind) continue;
    let state = start;
    let sum = 0;
    for (const shape of shapes) {
      sum += shape.weight * misfit(shape, fieldStates[state]!);
      state = following[state]!;
    }
    least = Math.min(least, sum / weight);
  }
  return least;
}
