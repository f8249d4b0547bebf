import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { readClaim, type QueueClaim } from '../../files/queue-claim.js';
import { prepareCommands } from '../../media/program/command.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { PauseControl } from '../../pause-control.js';
import type { FileRequest } from '../../upscale/file-request.js';
import { openJob, storedFacts } from '../../upscale/open-job.js';
import type { FileStamp } from '../../upscale/plan/identity.js';
import type { Input } from '../../upscale/plan/inputs.js';
import { planJob, type JobPlan } from '../../upscale/plan/job-plan.js';
import { outputPaths } from '../../upscale/plan/names.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import type { Settings } from '../../upscale/plan/settings.js';
import type { StoredPlan } from '../../upscale/segments/stored-plan.js';
import { sharedPlan, type WorkFolder } from '../../upscale/segments/work-folder.js';
import { attachedFolder } from '../job/attached-folder.js';
import type { ClipRef, SegmentRun } from '../job/payload.js';
import { sharedRoot, type Share } from '../job/share.js';
import { settingsOf, type OwnSettings } from '../job/wish.js';
import type { Roots } from '../roots.js';
import type { FetchedClips } from '../fetch/fetched-clips.js';
import { sendingFolder } from '../fetch/sending-folder.js';

/** What a worker works on every clip with. */
export type Workshop = {
  readonly ffmpeg: Ffmpeg;
  readonly roots: Roots;
  readonly own: OwnSettings;
  /** Whether it takes clips that their submitters serve. */
  readonly takesShared: boolean;
};

/** The names of all roots whose clips a worker takes, `sharedRoot` for submitters included. */
export function servedRoots({ roots, takesShared }: Workshop): string[] {
  return [...roots.names, ...(takesShared ? [sharedRoot] : [])];
}

/** A clip of the queue and its paths on this machine, before it is planned. */
export type FoundClip = {
  readonly ref: ClipRef;
  readonly input: Input;
  readonly output: string;
  readonly workFolder: string;
  /** When it was submitted, ISO 8601. */
  readonly since: string;
  readonly settings: Settings;
  /** Makes the work folder that a run's segments go to. */
  readonly attach: (plan: StoredPlan, run: SegmentRun) => WorkFolder;
};

/** A clip in a work folder that the queue has claimed. */
export type ClaimedClip = FoundClip & { readonly claim: QueueClaim };

/** A clip of the queue, planned again on this machine. */
export type OpenClip = FoundClip & {
  readonly plan: JobPlan;
  /** The plan of segments in the clip's work folder. */
  readonly stored: StoredPlan;
  /** The state of the source file when the clip was planned. */
  readonly stamp: FileStamp;
};

/**
 * Finds a clip's files below this worker's roots, and what it is to become. Throws VsrError `queue`
 * for paths outside the roots and for a work folder that is claimed for another clip, `disk` where
 * there is no claimed work folder.
 */
export async function findClip({ roots, own }: Workshop, ref: ClipRef): Promise<ClaimedClip> {
  const input = await roots.fromShared(ref.input, 'input');
  const output = await roots.fromShared(ref.output, 'output');
  const { workFolder } = outputPaths(output, false);
  const isFolder = await lstat(workFolder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const claim = isFolder ? await readClaim(workFolder) : null;
  if (claim?.id !== ref.clip) {
    throw new VsrError(
      // Code `disk` is tried again: a storage may be away for a moment.
      claim === null ? 'disk' : 'queue',
      claim === null
        ? `There is no work folder of the queue at ${workFolder}. Was it removed, or is that root another storage here?`
        : `The work folder ${workFolder} is for another clip of the queue.`,
    );
  }
  const settings = await settingsOf(claim.wish, output, roots, own);
  return {
    ...{ ref, output, workFolder, claim, settings, input: inputAt(input), since: claim.since },
    attach: (plan, run) => attachedFolder(workFolder, plan, run),
  };
}

function inputAt(file: string): Input {
  const name = path.basename(file, path.extname(file));
  return { path: file, below: '', foundBy: null, name };
}

/** A clip and the submitter that serves its files. */
export type SharedRef = ClipRef & { readonly share: Share };

/**
 * Fetches the files of a clip that its submitter serves. Throws VsrError `queue` where this worker
 * takes no such clips, `busy` where the submitter is away.
 */
export async function fetchClip(
  { own, takesShared }: Workshop,
  ref: SharedRef,
  fetched: FetchedClips,
  signal: AbortSignal,
): Promise<FoundClip> {
  if (!takesShared) {
    throw new VsrError('queue', 'Expected a clip below a root: this worker has --no-share.');
  }
  const { share, ...names } = ref;
  const clip = await fetched.open(names, share, signal);
  const { told, source, output, workFolder, finding, client } = clip;
  return {
    ...{ ref: names, output, workFolder, input: inputAt(source), since: told.since },
    settings: await settingsOf(told.wish, output, finding, own),
    attach: (plan, run) => sendingFolder(workFolder, plan, run, client),
  };
}

/** Throws VsrError `queue` unless `plan` has the job hash that was submitted. */
function checkSameJob({ job, paths }: JobPlan, { ref, output }: FoundClip): void {
  if (job === ref.job && paths.output === output) return;
  throw new VsrError(
    'queue',
    `Expected the job ${ref.job.slice(0, 12)} for ${output} but this machine plans ${job.slice(0, 12)} for ${paths.output}: its source, models or programs are others.`,
  );
}

/**
 * Plans a clip on this machine. Throws VsrError `queue` where the result is another job than the
 * one that was submitted, `media` where the plan in the work folder is not of this job.
 */
export async function openClip(
  { ffmpeg }: Workshop,
  found: FoundClip,
  signal: AbortSignal,
): Promise<OpenClip> {
  const { input, settings } = found;
  prepareCommands();
  const source = await probeInput(ffmpeg, input, settings, signal);
  const plan = await planJob({ ffmpeg, input, settings, signal }, source);
  checkSameJob(plan, found);
  const quiet = { ffmpeg, signal, pause: new PauseControl(), onProgress: () => {} };
  const job = await openJob(quiet, plan);
  const stored = await sharedPlan(plan.paths.workFolder, {
    job: storedFacts(job),
    range: plan.range,
  });
  return { ...found, plan, stored, stamp: job.stamp };
}

/** The request by which a worker joins a clip. */
export function joinRequest(
  { ffmpeg }: Workshop,
  { input, settings, ref, since }: OpenClip,
  signal: AbortSignal,
): FileRequest {
  return {
    ...{ ffmpeg, input, settings, signal, pause: new PauseControl() },
    reads: [input.path, settings.reference, settings.mask].filter((file) => file !== null),
    claim: () => {},
    onPlan: () => {},
    onProgress: () => {},
    queue: { id: ref.clip, since: Date.parse(since) },
  };
}
