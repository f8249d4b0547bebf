import type { ClipSettings, StillSettings } from '../../metrics/sidecar-schema.js';
import { hashOf } from './identity.js';

/** The hash of a job, and those by which earlier versions of vsr know it. */
export type JobHashes = { readonly job: string; readonly earlierJobs: readonly string[] };

/** Hashes what decides a result: the settings, and `others`, such as the source and the models. */
export function jobHashes(
  settings: Omit<ClipSettings | StillSettings, 'asked'>,
  others: Readonly<Record<string, unknown>>,
): JobHashes {
  const before = withoutFields(settings);
  return {
    job: hashOf({ ...others, settings }),
    earlierJobs: [
      hashOf({ ...others, settings: before }),
      // vsr 0.1.0 also hashed whether a truncated source was allowed, which changes no frame.
      ...[false, true].map((allowTruncated) =>
        hashOf({ ...others, settings: { ...before, allowTruncated } }),
      ),
    ],
  };
}

/** The settings as a vsr knew them that only knew whether to deinterlace; it did it by flags. */
function withoutFields(settings: object): object {
  if (!('fields' in settings) || settings.fields !== null) return settings;
  const { fields, fieldOrder, ...same } = settings as Partial<ClipSettings>;
  void [fields, fieldOrder];
  return { ...same, deinterlace: false };
}
