import PQueue from 'p-queue';
import { messageOf, VsrError } from '../../errors.js';
import { prepareCommands } from '../../media/program/command.js';
import { readSidecar } from '../../metrics/sidecar.js';
import type { FileRequest, FileResult } from '../../upscale/file-request.js';
import { expectedFrames } from '../../upscale/plan/expected-frames.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import { decide } from '../../upscale/upscale-file.js';
import type { UpscaleClip } from '../../upscale/upscale.js';
import { openJoin } from './flow.js';
import type { HostedClip } from './hosted-clip.js';
import { ProgressMeter } from './progress-meter.js';
import {
  clipFailure,
  submitAgain,
  submitClip,
  whyUnserved,
  type Desk,
  type Submitted,
} from './submit-clip.js';
import { waitForClip } from './wait-for-clip.js';

/** How many clips this process plans, and joins, at the same time. */
const plannedAtOnce = 2;
const joinedAtOnce = 2;

/** Milliseconds after which the user is told that no worker can take a clip. */
const patienceMs = 5_000;

export type QueueWays = {
  /** Submit the clips without waiting for their end. */
  readonly detach: boolean;
  /** Tells the user something meanwhile, in sentences. */
  readonly say: (sentence: string) => void;
};

/** Makes the function that enlarges one clip of a batch by the workers of a queue. */
export function onQueue(desk: Desk, ways: QueueWays): UpscaleClip {
  const planning = new PQueue({ concurrency: plannedAtOnce });
  const joining = new PQueue({ concurrency: joinedAtOnce });
  return async (request) => {
    const begun = await planning.add(() => begin(desk, request));
    if (!('submitted' in begun)) return begun;
    const { plan, submitted } = begun;
    const { clip } = submitted.order.ref;
    if (ways.detach) return queued(desk, clip);
    return await follow({ desk, ways, joining, request, plan, submitted });
  };
}

function queued({ connection }: Desk, clip: string): FileResult {
  const queue = connection.address.shown;
  return { status: 'queued', summary: null, queued: { name: clip, queue } };
}

type Begun = { readonly plan: JobPlan; readonly submitted: Submitted };

async function begin(desk: Desk, request: FileRequest): Promise<Begun | FileResult> {
  const { ffmpeg, input, settings, signal } = request;
  if (signal.aborted) throw new VsrError('interrupted', `Interrupted before ${input.path}.`);
  prepareCommands();
  const source = await probeInput(ffmpeg, input, settings, signal);
  const { plan, finished } = await decide(request, source);
  if (finished !== null) return { status: 'skipped', summary: finished };
  if (settings.dryRun) return { status: 'planned', summary: null };
  return { plan, submitted: await submitClip(desk, request, plan) };
}

type Following = Begun & {
  readonly desk: Desk;
  readonly ways: QueueWays;
  readonly request: FileRequest;
  /** Limits how many of the clips that this process serves are joined at the same time. */
  readonly joining: PQueue;
};

/**
 * Watches a submitted clip to its end. A clip under roots goes on without this process when that is
 * interrupted; one that this process serves is taken out of the queue.
 */
async function follow(following: Following): Promise<FileResult> {
  const { desk, ways, request, plan, submitted } = following;
  const { order, before, hosted } = submitted;
  const { clip } = order.ref;
  const meter = new ProgressMeter(
    { clip: plan.input, output: plan.paths.output, of: expectedFrames(plan) },
    before,
    request.onProgress,
  );
  const signal = hosted === null ? request.signal : AbortSignal.any([request.signal, hosted.lost]);
  let isWatched = true;
  const asking = setTimeout(() => {
    void whyUnserved(desk, order)
      .then((why) => {
        if (why === null || !isWatched) return;
        ways.say(`${plan.input} waits: ${why}. See vsr queue status.`);
      })
      .catch(() => {});
  }, patienceMs);
  try {
    await untilDone(following, signal, meter);
    if (hosted !== null) return await joinHosted(following, hosted);
    return { status: 'done', summary: await readSidecar(plan.paths.sidecar) };
  } catch (error) {
    if (hosted !== null) {
      await takeBack(desk, submitted);
      throw hosted.lost.aborted ? hosted.lost.reason : error;
    }
    const isDetached = error instanceof VsrError && error.code === 'interrupted';
    if (isDetached) return queued(desk, clip);
    throw error;
  } finally {
    isWatched = false;
    clearTimeout(asking);
    await hosted?.[Symbol.asyncDispose]();
  }
}

/**
 * Waits until all segments of a clip are made, and, where a worker joins it, until it is joined. A
 * clip that the queue has lost is submitted again.
 */
async function untilDone(
  { desk, ways, plan, submitted }: Following,
  signal: AbortSignal,
  meter: ProgressMeter,
): Promise<void> {
  const { connection, book, fingerprint } = desk;
  const { order, hosted } = submitted;
  for (;;) {
    const end = await waitForClip({
      ...{ connection, book, signal, joins: hosted !== null },
      clip: { id: order.ref.clip, fingerprint: fingerprint.id },
      onProgress: (progress) => meter.show(progress),
    });
    if (end.state === 'done') return;
    if (end.state === 'failed') throw clipFailure(end.cause);
    if (end.state === 'cancelled') {
      throw new VsrError('queue', 'It was cancelled in the queue. What is done is kept.');
    }
    ways.say(`The queue has lost ${plan.input}: it is submitted again. What is done is kept.`);
    await submitAgain(desk, submitted, plan);
  }
}

async function joinHosted(
  { desk, request, submitted, joining }: Following,
  hosted: HostedClip,
): Promise<FileResult> {
  const { book } = desk;
  const { clip } = submitted.order.ref;
  const { since } = submitted;
  try {
    const result = await joining.add(() => hosted.join(request, clip, since));
    await book.end(clip, 'done', null);
    return result;
  } catch (error) {
    if (!request.signal.aborted) await book.end(clip, 'failed', messageOf(error));
    throw error;
  }
}

/**
 * Takes a clip that this process serves out of the queue, without waiting for its workers: they are
 * told to stop, and a job that is still there ends as soon as a worker begins it.
 */
async function takeBack({ connection, book }: Desk, { order }: Submitted): Promise<void> {
  const { ref, fingerprint } = order;
  if (connection.redis.status !== 'ready') return;
  await book.end(ref.clip, 'cancelled', null);
  await book.tellStop(ref.clip);
  const join = await openJoin(connection, fingerprint, ref.clip);
  await join?.removeUnprocessedChildren();
}
