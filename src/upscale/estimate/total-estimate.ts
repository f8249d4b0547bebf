import type { JobEstimate } from './estimate.js';

/** What several jobs take together, one after the other. */
export type TotalEstimate = JobEstimate & {
  /** Jobs that are counted. */
  readonly jobs: number;
  /** Of them, how many say nothing of their length or speed: the sums are without those. */
  readonly unknown: number;
};

/**
 * Sums estimates. Figures that a job does not have are left out of the sums; one that no job has is
 * `null`. The room needed is that of all outputs, and once more of the largest one. Free is what is
 * free on the fullest of the disks.
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
