import type { ClipSettings, StillSettings } from '../../metrics/sidecar-settings.js';
import { hashOf } from './identity.js';

/** The hash of a job, and the hashes that earlier versions of vsr gave the same job. */
export type JobHashes = { readonly job: string; readonly earlierJobs: readonly string[] };

/** Hashes what decides a result: the settings, and `others`, such as the source and the models. */
export function jobHashes(
  settings: Omit<ClipSettings | StillSettings, 'asked'>,
  others: Readonly<Record<string, unknown>>,
): JobHashes {
  const earlier = withoutLaterOnes(settings);
  const known = earlier === null ? [] : [{}, { allowTruncated: false }, { allowTruncated: true }];
  return {
    job: hashOf({ ...others, settings }),
    // For a time, vsr 0.1.0 also hashed whether a truncated source was allowed, which changes no
    // frame.
    earlierJobs: known.map((more) => hashOf({ ...others, settings: { ...earlier, ...more } })),
  };
}

/**
 * The settings as an early vsr knew them: chroma by bicubic, nothing averaged, and deinterlacing by
 * flags or not at all; `null` for settings that it did not have.
 */
function withoutLaterOnes(all: Omit<ClipSettings | StillSettings, 'asked'>): object | null {
  const { chroma, ...settings } = all as Omit<ClipSettings, 'asked'>;
  if (chroma !== 'bicubic') return null;
  if (!('encoder' in settings)) return settings;
  const { steady, ...unsteady } = settings;
  if (steady !== 'off') return null;
  if (unsteady.fields !== null || unsteady.crop !== null || unsteady.runs !== null) return null;
  const { fields, fieldOrder, crop, runs, telecine, repeats, sourceKind, ...same } = unsteady;
  void [fields, fieldOrder, crop, runs, telecine, repeats, sourceKind];
  return { ...same, deinterlace: false };
}
