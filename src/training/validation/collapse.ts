import type { TrainPlan } from '../plan/plan.js';

/** Validations differ by some tenths of a decibel; by this many dB only where much was lost. */
const lost = 1;

/**
 * Whether the last validation, by its PSNR in dB, is far below the best of those before: so it ends
 * where too high a rate leaves a network with nothing but zeros behind its activations.
 */
export function hasCollapsed(psnrs: readonly number[]): boolean {
  const last = psnrs.at(-1) ?? NaN;
  return Math.max(...psnrs.slice(0, -1)) - last > lost;
}

/** What is said of it, and what to try. */
export function collapseWords(
  best: { readonly step: number; readonly psnr: number },
  psnr: number,
  { rate, keep }: Pick<TrainPlan, 'rate' | 'keep'>,
): string {
  const advice =
    keep === 'last' ? ', and --keep best, which writes the best weights and not the last' : '';
  return `The network has lost what it had learnt: ${psnr.toFixed(2)} dB, after ${best.psnr.toFixed(2)} at step ${best.step}. Steps that follow seldom bring it back; stop, and try a lower --lr than ${rate}${advice}.`;
}
