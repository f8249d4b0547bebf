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

/** What is there under a job's names, and what is done about it. */
export type EarlierOutput<T extends Plan> =
  /** An identical job has finished, and nothing has changed since. */
  | { readonly plan: T; readonly finished: Sidecar; readonly places: null }
  /** It is made; the plan says before the start what is made again. */
  | { readonly plan: T; readonly finished: null; readonly places: OutputPlaces };

/**
 * Whether the file at `log` is the one that a sidecar speaks of; those of vsr's first days say only
 * its name.
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
  // Sidecars of vsr's first days keep no time: what was written to after the job has changed.
  if (source.modifiedMs === undefined) return found.mtimeMs <= Date.parse(sidecar.created);
  if (found.mtimeMs !== source.modifiedMs) return false;
  return source.samplesSha256 === (await samplesOf(input, true));
}

/** What of a finished job is no more as it was, in words. */
async function changesOf(sidecar: Sidecar, facts: Plan, outputIsOurs: boolean): Promise<string[]> {
  const { paths } = facts;
  const input = facts.kind === 'clip' ? facts.source.path : facts.input;
  const changes: string[] = [];
  if (!(await isSourceOf(sidecar, input))) changes.push('the source has changed');
  if (!outputIsOurs) changes.push('the output was changed');
  if (paths.log !== null) {
    if (!(await isTaken(paths.log))) changes.push('the log is gone');
    else if (!(await isLogOf(sidecar, paths.log))) changes.push('the log was changed');
  }
  return changes;
}

/**
 * Looks at what lies under the names of a job. Throws VsrError `media` for an output, log or
 * sidecar that another job or program made, unless it is to be overwritten, and `option` for one
 * that is among `reads`.
 *
 * An output of the same job counts as finished only if source, output and log are as they were;
 * otherwise it is made again, and what of it somebody changed is kept beside it as `<name>.before`.
 */
export async function lookAtEarlier<T extends Plan>(
  plan: T,
  reads: readonly string[],
): Promise<EarlierOutput<T>> {
  const { paths } = plan;
  const { output, log } = paths;
  const { overwrite } = plan.settings;
  // Of a run of the very same job that died before it had written its sidecar.
  const seal = await readSeal(paths.workFolder, plan.job);
  const there = await isTaken(output);
  const sidecar = await readSidecar(paths.sidecar).catch(() => null);
  const outputIsOurs = there && sidecar !== null && (await isOutputOf(sidecar, output));
  const sealed = there && seal !== null && (await isOutputOf(seal, output));
  const logIsOurs = await isLogOfOne([seal, sidecar], log);
  const notes: Announcement[] = [];
  let isAgain = false;
  if (there && sidecar !== null && !sealed) {
    const same = isSameJob(sidecar, plan);
    if (same || (outputIsOurs && isSameButSource(sidecar, plan))) {
      const changes = await changesOf(sidecar, plan, outputIsOurs);
      if (same && changes.length === 0) {
        refuseDamagedOutput(plan, sidecar);
        await clearWorkFolder(paths.workFolder, output);
        return { plan, finished: sidecar, places: null };
      }
      isAgain = true;
      // Of what the jobs differ in, nothing else is left.
      if (changes.length === 0) {
        changes.push(sidecar.reference === null ? 'vsr has changed' : 'the reference has changed');
      }
      const aside =
        outputIsOurs || overwrite
          ? ''
          : `; what is there is kept as ${path.basename(output)}.before`;
      notes.push({
        kind: 'note',
        what: 'done again',
        why: `${changes.join(', ')} since ${path.basename(output)} was made${aside}`,
      });
    }
  }
  if (there && !overwrite && !sealed && !isAgain) {
    const other = sidecar === null ? 'no finished job of vsr made it' : 'another job made it';
    throw new VsrError(
      'media',
      `${output} exists and ${other}. Replace it with --overwrite, or choose another name with -o.`,
    );
  }
  const ours = (answer: boolean) => () => Promise.resolve(answer);
  const wish = { inputs: reads, overwrite };
  const places: OutputPlaces = {
    output: await openPlace({
      ...{ what: 'output', file: output, otherName: 'with -o', ...wish },
      isOurs: ours(isAgain || sealed),
      keepsOld: !outputIsOurs && !sealed,
    }),
    log:
      log === null
        ? null
        : await openPlace({
            ...{ what: 'per-frame log', file: log, otherName: 'with --log', ...wish },
            isOurs: ours(logIsOurs || isAgain),
            keepsOld: !logIsOurs,
          }),
    sidecar: await openPlace({
      ...{ what: 'sidecar', file: paths.sidecar, otherName: 'with -o', ...wish },
      isOurs: ours(sidecar !== null),
    }),
  };
  const announcements = [...plan.announcements, ...notes];
  return { plan: { ...plan, announcements }, finished: null, places };
}
