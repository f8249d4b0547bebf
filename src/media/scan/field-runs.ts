import { filmPeriod } from '../source/footage-runs.js';
import { fieldStates, misfit, type FieldShape, type FieldState } from './field-states.js';

/** What a change from one state to another costs, in misfits of a frame. */
const changeCost = 4;

/** The state that follows when nothing changes: film goes on in its cadence. */
const following: readonly number[] = fieldStates.map(({ kind, order, place }) =>
  fieldStates.findIndex(
    (next) =>
      next.kind === kind &&
      next.order === order &&
      next.place === (kind === 'film' ? (place + 1) % filmPeriod : place),
  ),
);

/**
 * The most likely state of each frame of a run of `shapes`: what fits best as a whole, where each
 * change of kind, order or cadence has its price (Viterbi's algorithm).
 */
export function likelyStates(shapes: readonly FieldShape[]): FieldState[] {
  const count = fieldStates.length;
  let costs = new Float64Array(count);
  /** Of each frame: the state before each state on the cheapest way. */
  const ways: Uint8Array[] = [];
  for (const [i, shape] of shapes.entries()) {
    const next = new Float64Array(count).fill(Infinity);
    const way = new Uint8Array(count);
    let cheapest = 0;
    for (let s = 1; s < count; s++) if (costs[s]! < costs[cheapest]!) cheapest = s;
    for (let s = 0; s < count; s++) {
      next[s] = costs[cheapest]! + (i === 0 ? 0 : changeCost);
      way[s] = cheapest;
    }
    for (let s = 0; s < count; s++) {
      const to = following[s]!;
      if (i > 0 && costs[s]! <= next[to]!) {
        next[to] = costs[s]!;
        way[to] = s;
      }
    }
    for (let s = 0; s < count; s++) {
      next[s]! += shape.weight * misfit(shape, fieldStates[s]!);
    }
    ways.push(way);
    costs = next;
  }
  const found: FieldState[] = [];
  let state = costs.indexOf(Math.min(...costs));
  for (let i = shapes.length - 1; i >= 0; i--) {
    found.push(fieldStates[state]!);
    state = ways[i]![state]!;
  }
  return found.reverse();
}

/**
 * The mean misfit of `shapes` to one kind of state throughout, by the best order and cadence; for
 * telling how sure a judgement is.
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
