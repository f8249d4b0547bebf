import type { JobEstimate } from './estimate.js';

/** What several jobs take together, one after the other. */
export type TotalEstimate = JobEstimate & {
  /** Jobs that are counted. */
  readonly jobs: number;
  /** How many of them have no known length or speed: the sums leave those out. */
  readonly unknown: number;
};

/**
 * Sums estimates. A figure that a job does not have is left out of the sum; a figure that no job
 * has is `null`. The space needed is that of all outputs, plus that of the largest one again. The
 * free space is that of the fullest disk.
 */
export function totalEstimate(estimates: readonly JobEstimate[]): TotalEstimate {
  const known = (field: 'frames' | 'seconds' | 'outputBytes' | 'freeBytes'): number[] =>
    estimates.flatMap((estimate) => estimate[field] ?? []);
  const sum = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((all, value) => all + value, 0);
  const free = known('freeBytes');
  const lasting = estimates.map(({ neededBytes, outputBytes }) => outputBytes ?? neededBytes);
  const extra = estimates.map(({ neededBytes }, i) => neededBytes - lasting[i]!);
  return {
    jobs: estimates.length,
    unknown: estimates.filter(({ seconds }) => seconds === null).length,
    frames: sum(known('frames')),
    seconds: sum(known('seconds')),
    outputBytes: sum(known('outputBytes')),
    neededBytes: (sum(lasting) ?? 0) + Math.max(0, ...extra),
    freeBytes: free.length === 0 ? null : Math.min(...free),
  };
}
