import type { FieldMeasure } from './field-measure.js';
import { isWhole, misfit, misfitAhead, type FieldShape, type FieldState } from './field-states.js';
import { later, type Stretch } from './stretches.js';

/** How far, in frames, a seam is moved at most. */
const reach = 4;

/** So many frames on each side of a seam, beyond `reach`, tell how combed frames are there. */
const around = 20;

/** If combs differ by less on a logarithmic scale, they do not tell whole frames from others. */
const leastDifference = 0.25;

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? null;
}

/** How combed each frame is, on a logarithmic scale; `null` where too little moves to tell. */
function combsOf(
  shapes: readonly FieldShape[],
  measures: readonly (FieldMeasure | null)[],
): (number | null)[] {
  return measures.map((measure, i) => {
    if (measure === null || shapes[i]!.weight === 0) return null;
    return Math.log((measure.same + 0.25) / (measure.apart + 0.25));
  });
}

/** Two neighbouring stretches, and the combs of all frames. */
type Seam = {
  readonly before: Stretch;
  readonly after: Stretch;
  readonly combs: readonly (number | null)[];
};

const stateAt = ({ first, state }: Stretch, at: number): FieldState => later(state, at - first);

/** The usual combs around a seam, of whole frames and of others; `null` where they are alike. */
function usualCombs({ before, after, combs }: Seam): { whole: number; combed: number } | null {
  const found = { whole: [] as number[], combed: [] as number[] };
  const collect = (stretch: Stretch, from: number, to: number): void => {
    for (let i = Math.max(from, stretch.first); i < Math.min(to, stretch.end); i++) {
      const comb = combs[i];
      if (comb == null) continue;
      found[isWhole(stateAt(stretch, i)) ? 'whole' : 'combed'].push(comb);
    }
  };
  const seam = after.first;
  collect(before, seam - reach - around, seam - reach);
  collect(after, seam + reach, seam + reach + around);
  const [whole, combed] = [median(found.whole), median(found.combed)];
  if (whole === null || combed === null || combed - whole < leastDifference) return null;
  return { whole, combed };
}

/** The frame at which the pictures say that one stretch ends and the next one begins. */
function exactSeam(seam: Seam, shapes: readonly FieldShape[]): number {
  const { before, after, combs } = seam;
  const usual = usualCombs(seam);
  /** How badly frame `i` fits `state`. */
  const cost = (i: number, state: FieldState, isFirst: boolean): number => {
    const shape = shapes[i]!;
    const ahead = isFirst ? misfitAhead(shape, state) : null;
    const fits = ahead === null ? shape.weight * misfit(shape, state) : shape.ahead!.weight * ahead;
    const comb = combs[i];
    if (usual === null || comb == null) return fits;
    const place = (comb - usual.whole) / (usual.combed - usual.whole);
    const combed = Math.max(0, Math.min(1, place));
    return fits + (isWhole(state) ? combed : 1 - combed);
  };
  const [from, to] = [
    Math.max(before.first + reach, after.first - reach),
    Math.min(after.end - reach, after.first + reach),
  ];
  const costOf = (first: number): number => {
    let sum = 0;
    for (let i = from; i < to; i++) {
      sum += cost(i, stateAt(i < first ? before : after, i), i === first);
    }
    return sum;
  };
  let best = { first: after.first, cost: costOf(after.first) };
  for (let first = from; first <= to; first++) {
    const each = costOf(first);
    if (each < best.cost - 1e-9) best = { first, cost: each };
  }
  return best.first;
}

/**
 * Moves the seams between stretches to the frames at which they are. What the frames on both sides
 * look like tells to which of them each frame near a seam belongs. A seam at a cut stays.
 */
export function withExactSeams(
  stretches: readonly Stretch[],
  shapes: readonly FieldShape[],
  measures: readonly (FieldMeasure | null)[],
): Stretch[] {
  const combs = combsOf(shapes, measures);
  const found = stretches.map((each) => ({ ...each }));
  for (let i = 1; i < found.length; i++) {
    const [before, after] = [found[i - 1]!, found[i]!];
    const near = shapes.slice(Math.max(0, after.first - reach), after.first + reach);
    if (near.some(({ isCut }) => isCut)) continue;
    const first = exactSeam({ before, after, combs }, shapes);
    found[i] = { ...after, first, state: stateAt(after, first) };
    before.end = first;
  }
  return found;
}
