import { stat } from 'node:fs/promises';
import { VsrError } from '../errors.js';
import { readSidecar, type Sidecar } from '../metrics/sidecar.js';
import type { ClipSettings } from '../metrics/sidecar-schema.js';
import { version } from '../version.js';
import { hashOf } from './plan/identity.js';
import type { JobPlan } from './plan/job-plan.js';
import { askedIn } from './plan/settings.js';
import type { StillPlan } from './plan/still-plan.js';
import { clearWorkFolder, sealedSidecar } from './segments/work-folder.js';

type Plan = JobPlan | StillPlan;

/**
 * The sidecar of the same job if its output is still there, otherwise `null`. Throws VsrError `media` for
 * any other existing output, unless it may be replaced.
 */
export async function finishedBefore(plan: Plan): Promise<Sidecar | null> {
  const { output, sidecar: sidecarFile, workFolder } = plan.paths;
  const existing = await stat(output).catch(() => undefined);
  if (existing === undefined) return null;
  const sidecar = await readSidecar(sidecarFile).catch(() => null);
  if (sidecar !== null && sidecar.output.sizeBytes === existing.size && isSameJob(sidecar, plan)) {
    refuseDamagedOutput(plan, sidecar);
    await clearWorkFolder(workFolder, output);
    return sidecar;
  }
  // A job that died after giving its output the name has only its sidecar left to write.
  if ((await sealedSidecar(workFolder, plan.job, output)) !== null) return null;
  if (plan.settings.overwrite) return null;
  const other = sidecar === null ? 'no finished job of vsr made it' : 'another job made it';
  throw new VsrError(
    'media',
    `${output} exists and ${other}. Replace it with --overwrite, or choose another name with -o.`,
  );
}

/** An output of a damaged source counts as finished only where that is allowed, as when it was made. */
function refuseDamagedOutput({ settings, paths }: Plan, { source }: Sidecar): void {
  const [first] = source.damage ?? [];
  if (first === undefined || settings.allowDamaged) return;
  throw new VsrError(
    'media',
    `${paths.output} is finished, but its source is damaged (${first.what}). Take it as it is with --allow-damaged.`,
  );
}

/** Whether a sidecar tells of this job. */
function isSameJob(sidecar: Sidecar, plan: Plan): boolean {
  if (sidecar.job === plan.job || plan.earlierJobs.includes(sidecar.job)) return true;
  return sidecar.vsr !== version() && isSameWish(sidecar, plan);
}

/**
 * Whether another version of vsr was asked for the same. Its hash of a job, its shipped models and its
 * encoder's defaults may differ from this one's; what the user can ask for must not.
 */
function isSameWish({ source, reference, model, settings, log }: Sidecar, plan: Plan): boolean {
  const { encoder, encoderArgs, pixelFormat, asked, precision, ...same } = settings as ClipSettings;
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
    isEqual(same, Object.fromEntries(Object.keys(same).map((key) => [key, now[key as 'scale']]))) &&
    (precision === null || precision === now.precision) &&
    sameEncoding &&
    (plan.settings.model === null || isEqual(files, plan.chain.sha256s)) &&
    reference === plan.settings.reference &&
    (log === null) === (plan.paths.log === null)
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return hashOf(a) === hashOf(b);
}
