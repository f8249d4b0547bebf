import type { JobState } from './job.js';

/** What is asked of a job that is in one of these states, and the state it gets. */
export const requests = {
  pause: { from: ['waiting', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'waiting' },
  cancel: { from: ['waiting', 'running', 'paused'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled', 'done'], to: 'waiting' },
} as const satisfies Record<string, { from: readonly JobState[]; to: JobState }>;

/** What can be asked of a job. */
export type JobRequest = keyof typeof requests;
export const jobRequests = Object.keys(requests) as readonly JobRequest[];
