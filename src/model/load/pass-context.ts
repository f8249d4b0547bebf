import type { LoadedModel } from './load-model.js';

/**
 * The context that each pass needs around a window on each side, in its input samples, for itself
 * and for all passes after it.
 */
export function contextOf(passes: readonly LoadedModel[]): number[] {
  const needs: number[] = [];
  let later = 0;
  for (const pass of [...passes].reverse()) {
    const own = pass.borderPad > 0 ? pass.borderPad : Math.ceil(pass.reach?.reach ?? Infinity);
    // In whole steps of a pass that works on a grid, so that its window begins on that grid.
    const step = isAnchored(pass) ? pass.reach!.align : 1;
    later = own + Math.ceil(later / pass.scale / step) * step;
    needs.unshift(later);
  }
  return needs;
}

/** Whether tiles that come with a border for this pass must begin on multiples of its `align`. */
export function isAnchored({ borderPad, reach }: LoadedModel): boolean {
  return borderPad > 0 && (reach?.align ?? 1) > 1;
}

/**
 * The number of source samples of which windows must be multiples, so that those of every pass are
 * multiples of its own alignment.
 */
export function alignmentOf(passes: readonly LoadedModel[]): number {
  let before = 1;
  return passes.reduce((align, { reach, scale, borderPad }) => {
    const own = reach?.align ?? 1;
    let next = Math.max(align, borderPad > 0 ? 1 : own);
    while (borderPad > 0 && (next * before) % own !== 0) next += align;
    before *= scale;
    return next;
  }, 1);
}
