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

/** What a worker brings to every clip. */
export type Workshop = {
  readonly ffmpeg: Ffmpeg;
  readonly roots: Roots;
  readonly own: OwnSettings;
  /** Clips that their submitters serve are taken. */
  readonly takesShared: boolean;
};

/** All that jobs can name files below: roots, and the submitters themselves. */
export function servedRoots({ roots, takesShared }: Workshop): string[] {
  return [...roots.names, ...(takesShared ? [sharedRoot] : [])];
}

/** A clip of the queue, with its places on this machine, before it is planned. */
export type FoundClip = {
  readonly ref: ClipRef;
  readonly input: Input;
  readonly output: string;
  readonly workFolder: string;
  /** When it was submitted, ISO 8601. */
  readonly since: string;
  readonly settings: Settings;
  /** Where a run's segments go, and how they come to count. */
  readonly attach: (plan: StoredPlan, run: SegmentRun) => WorkFolder;
};

/** A clip in a work folder that the queue has claimed. */
export type ClaimedClip = FoundClip & { readonly claim: QueueClaim };

/** A clip of the queue, planned anew on this machine. */
export type OpenClip = FoundClip & {
  readonly plan: JobPlan;
  readonly stored: StoredPlan;
  /** The source as it was planned. */
  readonly stamp: FileStamp;
};

/**
 * Finds a clip's files below this worker's roots, and what it is to become. Throws VsrError
 * `queue` for places outside them and for a folder that the queue has not claimed for this clip.
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
      // A storage that is not there for a moment is no fault of the clip.
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

/** What of a job says where a clip's files are. */
export type SharedRef = ClipRef & { readonly share: Share };

/**
 * Fetches a clip that its submitter serves. Throws VsrError `queue` where this worker takes none,
 * `busy` where the submitter is away.
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

/** Throws VsrError `queue` unless `plan` is of the job that a clip's jobs name. */
function checkSameJob({ job, paths }: JobPlan, { ref, output }: FoundClip): void {
  if (job === ref.job && paths.output === output) return;
  throw new VsrError(
    'queue',
    `Expected the job ${ref.job.slice(0, 12)} for ${output} but this machine plans ${job.slice(0, 12)} for ${paths.output}: its source, models or programs are others.`,
  );
}

/**
 * Plans a clip anew. Throws VsrError `queue` where that comes to another job, `media` where the
 * plan in its work folder is none of this job's.
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

/** What joining a clip asks of the way of every clip. */
export function joinRequest(
  { ffmpeg }: Workshop,
  { input, settings, ref, since }: OpenClip,
  signal: AbortSignal,
): FileRequest {
  return {
    ...{ ffmpeg, input, settings, signal, pause: new PauseControl() },
    reads: [input.path, ...(settings.reference === null ? [] : [settings.reference])],
    claim: () => {},
    onPlan: () => {},
    onProgress: () => {},
    queue: { id: ref.clip, since: Date.parse(since) },
  };
}
