/** The names of schedules. */
export const schedules = ['one-cycle', 'cosine', 'step', 'exponential', 'constant'] as const;

/** How the learning rate changes over a run. */
export type Schedule = (typeof schedules)[number];

/**
 * The learning rate of a step (from 0) in a run of `steps`, `rate` being the highest.
 *
 * - `one-cycle`: up from rate/25 over the first 10 %, then down to rate/10,000, both by half a
 *   cosine.
 * - `cosine`: from rate to rate/100 by half a cosine.
 * - `step`: halved at each fifth of the run.
 * - `exponential`: from rate to rate/100, by the same factor each step.
 */
export function learningRate(
  schedule: Schedule,
  rate: number,
  step: number,
  steps: number,
): number {
  const part = steps <= 1 ? 0 : step / (steps - 1);
  switch (schedule) {
    case 'one-cycle': {
      const warm = 0.1;
      if (part < warm) return between(rate / 25, rate, part / warm);
      return between(rate, rate / 1e4, (part - warm) / (1 - warm));
    }
    case 'cosine':
      return between(rate, rate / 100, part);
    case 'step':
      return rate * 0.5 ** Math.floor(part * 4.9999);
    case 'exponential':
      return rate * 0.01 ** part;
    case 'constant':
      return rate;
  }
}

/** From `start` to `end` along half a cosine as `part` goes from 0 to 1. */
function between(start: number, end: number, part: number): number {
  return end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * part));
}
