import type { ClipSettings, StillSettings } from '../../metrics/sidecar-schema.js';
import { hashOf } from './identity.js';

/** The hash of a job, and those by which earlier versions of vsr know it. */
export type JobHashes = { readonly job: string; readonly earlierJobs: readonly string[] };

/** Hashes what decides a result: the settings, and `others`, such as the source and the models. */
export function jobHashes(
  settings: Omit<ClipSettings | StillSettings, 'asked'>,
  others: Readonly<Record<string, unknown>>,
): JobHashes {
  return {
    job: hashOf({ ...others, settings }),
    // vsr 0.1.0 also hashed whether a truncated source was allowed, which changes no frame.
    earlierJobs: [false, true].map((allowTruncated) =>
      hashOf({ ...others, settings: { ...settings, allowTruncated } }),
    ),
  };
}
