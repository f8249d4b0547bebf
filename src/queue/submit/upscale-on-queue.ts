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

/** Clips that are planned at once, and joined at once. */
const planned = 2;
const joined = 2;

/** Milliseconds after which it is said that nobody serves a clip. */
const patienceMs = 5_000;

export type QueueWays = {
  /** Submit, and do not wait for the end. */
  readonly detach: boolean;
  /** Hears what the user should know meanwhile, in sentences. */
  readonly say: (sentence: string) => void;
};

/** Enlarges clips by the workers of a queue: the way of each clip of a batch. */
export function onQueue(desk: Desk, ways: QueueWays): UpscaleClip {
  const planning = new PQueue({ concurrency: planned });
  const joining = new PQueue({ concurrency: joined });
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
  /** Where the clips that this process serves are joined. */
  readonly joining: PQueue;
};

/** Watches a clip of ours to its end, and puts it into the queue again where that has lost it. */
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

/** Waits until all segments of a clip are made, and joined where a worker joins it. */
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
 * Takes a clip that only this process serves out of the queue, as far as that is done at once: its
 * workers stop, and what is still there of its jobs ends where one is begun.
 */
async function takeBack({ connection, book }: Desk, { order }: Submitted): Promise<void> {
  const { ref, fingerprint } = order;
  if (connection.redis.status !== 'ready') return;
  await book.end(ref.clip, 'cancelled', null);
  await book.tellStop(ref.clip);
  const join = await openJoin(connection, fingerprint, ref.clip);
  await join?.removeUnprocessedChildren();
}
