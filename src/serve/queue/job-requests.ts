import type { JobState } from './job.js';

/** For each request, the states in which a job allows it, and the state that the job gets. */
export const requests = {
  pause: { from: ['waiting', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'waiting' },
  cancel: { from: ['waiting', 'running', 'paused'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled', 'done'], to: 'waiting' },
} as const satisfies Record<string, { from: readonly JobState[]; to: JobState }>;

/** A request to a job. */
export type JobRequest = keyof typeof requests;
export const jobRequests = Object.keys(requests) as readonly JobRequest[];
