import { VsrError } from '../errors.js';
import type { Sidecar } from '../metrics/sidecar.js';
import type { ClipSettings } from '../metrics/sidecar-settings.js';
import { version } from '../version.js';
import { hashOf } from './plan/identity.js';
import type { JobPlan } from './plan/job-plan.js';
import { askedIn } from './plan/settings.js';
import type { StillPlan } from './plan/still-plan.js';

export type Plan = JobPlan | StillPlan;

/**
 * Throws VsrError `media` for an output whose source is damaged, unless that is allowed: otherwise
 * it does not count as finished.
 */
export function refuseDamagedOutput({ settings, paths }: Plan, { source }: Sidecar): void {
  const [first] = source.damage ?? [];
  if (first === undefined || settings.allowDamaged) return;
  throw new VsrError(
    'media',
    `${paths.output} is finished, but its source is damaged (${first.what}). Take it as it is with --allow-damaged.`,
  );
}

/** Whether a sidecar tells of this job. */
export function isSameJob(sidecar: Sidecar, plan: Plan): boolean {
  if (sidecar.job === plan.job || plan.earlierJobs.includes(sidecar.job)) return true;
  return sidecar.vsr !== version() && isSameWish(sidecar, plan);
}

/**
 * Whether another version of vsr was asked for the same. Its hash of a job, its shipped models and
 * its encoder's defaults may differ from this one's; what the user can ask for must not.
 */
function isSameWish({ source, reference, model, settings, log }: Sidecar, plan: Plan): boolean {
  const { encoder, encoderArgs, pixelFormat, asked, precision, steady, ...same } =
    settings as ClipSettings;
  const now = plan.deciding as JobPlan['deciding'];
  const sameEncoding =
    asked === null
      ? isEqual(
          [encoder, encoderArgs, pixelFormat],
          [now.encoder, now.encoderArgs, now.pixelFormat],
        )
      : isEqual(asked, askedIn(plan.settings));
  const files = model.passes.map(({ sha256 }) => sha256);
  return (
    isEqual([source.sizeBytes, source.endsSha256], Object.values(plan.identity)) &&
    settings.mask === plan.deciding.mask &&
    isEqual(same, Object.fromEntries(Object.keys(same).map((key) => [key, now[key as 'scale']]))) &&
    (precision === null || precision === now.precision) &&
    // What `auto` takes is vsr's choice, as the model is.
    (steady === now.steady || plan.settings.steady === 'auto') &&
    sameEncoding &&
    (plan.settings.model === null || isEqual(files, plan.chain.sha256s)) &&
    reference === plan.settings.reference &&
    (log === null) === (plan.paths.log === null)
  );
}

/** Whether a sidecar's job differs from this one in nothing but what the source holds. */
export function isSameButSource(sidecar: Sidecar, plan: Plan): boolean {
  const models = sidecar.model.passes.map(({ sha256 }) => sha256);
  return (
    sidecar.source.path === plan.input &&
    isEqual(sidecar.settings, { ...plan.deciding, asked: askedIn(plan.settings) }) &&
    isEqual(models, plan.chain.sha256s) &&
    sidecar.reference === plan.settings.reference &&
    (sidecar.log === null) === (plan.paths.log === null)
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return hashOf(a) === hashOf(b);
}
