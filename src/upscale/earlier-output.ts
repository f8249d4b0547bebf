import { stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { openPlace } from '../files/place.js';
import { isTaken } from '../files/place-key.js';
import type { Announcement } from '../media/output/stream-plan.js';
import { readSidecar, type Sidecar } from '../metrics/sidecar.js';
import { isSameButSource, isSameJob, refuseDamagedOutput, type Plan } from './finished-before.js';
import { isOutputOf, samplesOf, sha256Of } from './plan/identity.js';
import type { OutputPlaces } from './plan/names.js';
import { clearWorkFolder, readSeal } from './segments/work-folder.js';

/** What lies under a job's names, and what follows from it. */
export type EarlierOutput<T extends Plan> =
  /** An identical job has finished, and nothing has changed since. */
  | { readonly plan: T; readonly finished: Sidecar; readonly places: null }
  /** The output is to be made; the plan says, before the start, if it is made again. */
  | { readonly plan: T; readonly finished: null; readonly places: OutputPlaces };

/**
 * Whether the file at `log` is the one that a sidecar describes. Sidecars of the earliest versions
 * hold only its name.
 */
async function isLogOf(sidecar: Sidecar, log: string): Promise<boolean> {
  if (sidecar.log === null) return false;
  if (path.resolve(path.dirname(sidecar.output.path), sidecar.log) !== path.resolve(log)) {
    const beside = path.join(path.dirname(log), sidecar.log);
    if (path.resolve(beside) !== path.resolve(log)) return false;
  }
  if (sidecar.logFile === undefined || sidecar.logFile === null) return true;
  return (await sha256Of(log).catch(() => '')) === sidecar.logFile.sha256;
}

async function isLogOfOne(
  sidecars: readonly (Sidecar | null)[],
  log: string | null,
): Promise<boolean> {
  if (log === null || !(await isTaken(log))) return false;
  for (const sidecar of sidecars)
    if (sidecar !== null && (await isLogOf(sidecar, log))) return true;
  return false;
}

/** Whether the source is as it was when `sidecar`'s job ended. */
async function isSourceOf(sidecar: Sidecar, input: string): Promise<boolean> {
  const { source } = sidecar;
  const found = await stat(input);
  if (found.size !== source.sizeBytes) return false;
  // Sidecars of the earliest versions hold no time: a source written to after the job has changed.
  if (source.modifiedMs === undefined) return found.mtimeMs <= Date.parse(sidecar.created);
  if (found.mtimeMs !== source.modifiedMs) return false;
  return source.samplesSha256 === (await samplesOf(input, true));
}

/** What has changed since a job was finished, in words. */
async function changesOf(sidecar: Sidecar, plan: Plan, outputIsOurs: boolean): Promise<string[]> {
  const { paths } = plan;
  const input = plan.kind === 'clip' ? plan.source.path : plan.input;
  const changes: string[] = [];
  if (!(await isSourceOf(sidecar, input))) changes.push('the source has changed');
  if (!outputIsOurs) changes.push('the output was changed');
  if (paths.log !== null) {
    if (!(await isTaken(paths.log))) changes.push('the log is gone');
    else if (!(await isLogOf(sidecar, paths.log))) changes.push('the log was changed');
  }
  return changes;
}

/** Title of the note that says why a finished job is done once more. */
const doneAgain = 'done again';

/**
 * Looks at what lies under the names of a job. Throws VsrError `media` for an output, log or
 * sidecar that another job or program made, unless it is to be overwritten, and `option` for one
 * that is among `reads`.
 *
 * An output of the same job counts as finished only if source, output and log are as they were;
 * otherwise it is made again, and an output or log that was changed is kept as `<name>.before`.
 */
export async function lookAtEarlier<T extends Plan>(
  plan: T,
  reads: readonly string[],
): Promise<EarlierOutput<T>> {
  const { paths } = plan;
  const { output, log } = paths;
  const { overwrite } = plan.settings;
  // The seal of a run of this same job that died before it wrote its sidecar.
  const seal = await readSeal(paths.workFolder, plan.job);
  const there = await isTaken(output);
  const sidecar = await readSidecar(paths.sidecar).catch(() => null);
  const outputIsOurs = there && sidecar !== null && (await isOutputOf(sidecar, output));
  const sealed = there && seal !== null && (await isOutputOf(seal, output));
  const logIsOurs = await isLogOfOne([seal, sidecar], log);
  const earlier =
    there && sidecar !== null && !sealed ? await compareJobs(plan, sidecar, outputIsOurs) : 'other';
  if (earlier === 'finished' && sidecar !== null) {
    refuseDamagedOutput(plan, sidecar);
    await clearWorkFolder(paths.workFolder, output);
    return { plan, finished: sidecar, places: null };
  }
  const isAgain = typeof earlier === 'object';
  if (there && !overwrite && !sealed && !isAgain) {
    const other = sidecar === null ? 'no finished job of vsr made it' : 'another job made it';
    throw new VsrError(
      'media',
      `${output} exists and ${other}. Replace it with --overwrite, or choose another name with -o.`,
    );
  }
  const places = await openPlaces(plan, reads, {
    output: isAgain || sealed,
    keepsOutput: !outputIsOurs && !sealed,
    log: logIsOurs || isAgain,
    keepsLog: !logIsOurs,
    sidecar: sidecar !== null,
  });
  // A plan that waited in a queue has been looked at before.
  const planned = plan.announcements.filter(({ what }) => what !== doneAgain);
  const announcements = isAgain
    ? [...planned, againNote(plan, earlier.changes, outputIsOurs)]
    : planned;
  return { plan: { ...plan, announcements }, finished: null, places };
}

/**
 * What the job that made an output is to the planned one: the same with nothing changed since
 * (`finished`), the same with changes, or another.
 */
async function compareJobs(
  plan: Plan,
  sidecar: Sidecar,
  outputIsOurs: boolean,
): Promise<'finished' | 'other' | { readonly changes: readonly string[] }> {
  const same = isSameJob(sidecar, plan);
  if (!same && !(outputIsOurs && isSameButSource(sidecar, plan))) return 'other';
  const changes = await changesOf(sidecar, plan, outputIsOurs);
  if (changes.length > 0) return { changes };
  if (same) return 'finished';
  // Options, models, source, output and log are the same: what differs is the reference or vsr.
  return {
    changes: [sidecar.reference === null ? 'vsr has changed' : 'the reference has changed'],
  };
}

/** Says why a finished output is made again. */
function againNote(
  { paths, settings }: Plan,
  changes: readonly string[],
  outputIsOurs: boolean,
): Announcement {
  const name = path.basename(paths.output);
  const aside =
    outputIsOurs || settings.overwrite ? '' : `; what is there is kept as ${name}.before`;
  return {
    kind: 'note',
    what: doneAgain,
    why: `${changes.join(', ')} since ${name} was made${aside}`,
  };
}

/** Which of the files that are there are this job's own, and which are kept beside the new ones. */
type Ownership = {
  readonly output: boolean;
  readonly keepsOutput: boolean;
  readonly log: boolean;
  readonly keepsLog: boolean;
  readonly sidecar: boolean;
};

/** Opens the places that the job's files go to. */
async function openPlaces(
  { paths, settings }: Plan,
  reads: readonly string[],
  own: Ownership,
): Promise<OutputPlaces> {
  const { output, log } = paths;
  const ours = (answer: boolean) => () => Promise.resolve(answer);
  const wish = { inputs: reads, overwrite: settings.overwrite };
  return {
    output: await openPlace({
      ...{ what: 'output', file: output, otherName: 'with -o', ...wish },
      isOurs: ours(own.output),
      keepsOld: own.keepsOutput,
    }),
    log:
      log === null
        ? null
        : await openPlace({
            ...{ what: 'per-frame log', file: log, otherName: 'with --log', ...wish },
            isOurs: ours(own.log),
            keepsOld: own.keepsLog,
          }),
    sidecar: await openPlace({
      ...{ what: 'sidecar', file: paths.sidecar, otherName: 'with -o', ...wish },
      isOurs: ours(own.sidecar),
    }),
  };
}
