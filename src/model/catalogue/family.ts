import { scalesUpTo } from '../../planes/enlarged.js';

/** The largest scale of a whole chain. */
export const LARGEST_SCALE = 16;

/**
 * The fewest factors out of `scales` whose product is `scale`, largest first; `null` if there are
 * none.
 */
export function factorsOf(scale: number, scales: readonly number[]): number[] | null {
  if (scale === 1) return [];
  let best: number[] | null = null;
  for (const factor of [...new Set(scales)].sort((a, b) => b - a)) {
    if (factor <= 1 || scale % factor !== 0) continue;
    const rest = factorsOf(scale / factor, scales);
    if (rest !== null && (best === null || rest.length + 1 < best.length)) best = [factor, ...rest];
  }
  return best;
}

/**
 * The scales up to 16 that chains of models of `scales` reach, in ascending order. 1 needs a model
 * of scale 1, which cleans.
 */
export function reachableScales(scales: readonly number[]): number[] {
  return scalesUpTo(LARGEST_SCALE).filter((scale) =>
    scale === 1 ? scales.includes(1) : factorsOf(scale, scales) !== null,
  );
}

/** The family of a catalogue name: `espcn-16-codec` of `espcn-16-codec-x2`. */
export function familyOf(name: string): string {
  return name.replace(/-x\d+(\.\d+)?$/, '');
}
