import { rename, rm, stat } from 'node:fs/promises';
import { VsrError } from '../errors.js';
import { decodeFrames, type DecodedFrames } from '../media/decode.js';
import { openEncoder } from '../media/encode.js';
import type { Ffmpeg } from '../media/ffmpeg.js';
import { openFrameLog } from '../metrics/frame-log.js';
import { psnrOfMse } from '../metrics/psnr.js';
import type { Frame } from '../planes/frame.js';
import type { Ratio } from '../planes/ratio.js';
import type { JobPlan } from './job-plan.js';
import { mapOrdered } from './map-ordered.js';
import type { Segment } from './segment-plan.js';
import type { FrameScores, Upscaled, Upscaler } from './upscaler.js';
import type { SegmentFiles, SegmentRecord } from './work-folder.js';

/** What every segment of one job shares. */
export type SegmentContext = {
  readonly ffmpeg: Ffmpeg;
  readonly plan: JobPlan;
  readonly upscaler: Upscaler;
  readonly workers: number;
  /** Frames of the ground truth, in the order of the clip's; `null` without. */
  readonly reference: ReferenceFrames | null;
  readonly signal: AbortSignal;
  /** Called for every frame that the encoder has taken. */
  readonly onFrame: (psnr: number | null) => void;
};

/** The ground truth, read one frame at a time beside the clip. */
export interface ReferenceFrames extends AsyncDisposable {
  /** The next frame; throws VsrError `media` when the reference is shorter than the clip. */
  next(): Promise<Frame>;
  release(frame: Frame): void;
}

type Done = {
  readonly source: Frame;
  readonly reference: Frame | undefined;
  readonly larger: Upscaled;
};

/** Ticks of `pts` in another time base, rounded to the nearest. */
export function rescale(pts: number, from: Ratio, to: Ratio): number {
  const value =
    (BigInt(pts) * BigInt(from.num) * BigInt(to.den) * 2n) / (BigInt(from.den) * BigInt(to.num));
  // Halves away from zero, as ffmpeg rounds.
  return Number(value >= 0n ? (value + 1n) / 2n : (value - 1n) / 2n);
}

/** Stops after `most` frames; frames past them are never decoded into the pipeline. */
async function* atMost(frames: AsyncIterable<Frame>, most: number): AsyncGenerator<Frame> {
  let taken = 0;
  if (most <= 0) return;
  for await (const frame of frames) {
    yield frame;
    if (++taken === most) return;
  }
}

/** A frame's row of the log, from its mean squared errors. */
export function rowOf(
  index: number,
  pts: number,
  timeBase: Ratio,
  scores: FrameScores,
  bitDepth: number,
) {
  const decibels = (mse: number | null): number | null =>
    mse === null ? null : psnrOfMse(mse, bitDepth);
  return {
    frame: index,
    pts,
    ptsTime: (pts * timeBase.num) / timeBase.den,
    psnrY: decibels(scores.y),
    psnrU: decibels(scores.u),
    psnrV: decibels(scores.v),
    psnrYBicubic: decibels(scores.yBicubic),
    psnrToBicubicY: decibels(scores.toBicubicY),
    psnrToSourceY: decibels(scores.toSourceY),
  };
}

/** A seek that did not land on the segment's first frame: the container's index cannot be trusted. */
class MissedCut extends Error {}

async function* startingAt(frames: AsyncIterable<Frame>, segment: Segment): AsyncGenerator<Frame> {
  let first = true;
  for await (const frame of frames) {
    if (first && segment.seekTo !== null && segment.number > 0 && frame.pts !== segment.from) {
      throw new MissedCut();
    }
    first = false;
    yield frame;
  }
}

function decode(context: SegmentContext, segment: Segment): DecodedFrames {
  const { options } = context.plan;
  return decodeFrames(context.ffmpeg, context.plan.source, {
    range: {
      ...(segment.from === null ? {} : { from: segment.from }),
      ...(segment.to === null ? {} : { to: segment.to }),
    },
    ...(segment.seekTo === null ? {} : { seekTo: segment.seekTo }),
    ...(options.frames === undefined ? {} : { maxFrames: options.frames }),
    deinterlace: options.deinterlace ?? false,
    signal: context.signal,
    stallTimeoutMs: stallTimeoutMs(context.plan),
  });
}

/** Milliseconds without a frame after which a process counts as hanging. */
export function stallTimeoutMs(plan: JobPlan): number {
  return (plan.options.stallTimeout ?? 120) * 1000;
}

/**
 * Decodes, enlarges, measures and encodes one segment, at most `most` frames of it, into `files`.
 * The files appear under their names only when they are whole; doing it again gives the same result.
 */
export async function upscaleSegment(
  context: SegmentContext,
  segment: Segment,
  files: SegmentFiles,
  most: number,
): Promise<SegmentRecord> {
  try {
    return await runSegment(context, segment, files, most);
  } catch (error) {
    if (!(error instanceof MissedCut)) throw error;
    // Reading from the beginning is slower and always right.
    return runSegment(context, { ...segment, seekTo: null }, files, most);
  }
}

async function runSegment(
  context: SegmentContext,
  segment: Segment,
  files: SegmentFiles,
  most: number,
): Promise<SegmentRecord> {
  const { plan, upscaler, reference } = context;
  const sourceBase = plan.source.video.timeBase;
  const { timeBase } = plan.outputPlan;
  const { bitDepth } = upscaler.layout.format;
  const draft = {
    video: `${files.video}.${process.pid}.part`,
    rows: files.rows.replace(/\.jsonl$/, `.${process.pid}.part.jsonl`),
  };
  const decoded = decode(context, segment);
  const encoder = openEncoder(context.ffmpeg, plan.outputPlan, draft.video, {
    signal: context.signal,
    stallTimeoutMs: stallTimeoutMs(plan),
  });
  let count = 0;
  let firstPts: number | null = null;
  let reused = 0;
  /** The last frame's memory: the next one may still be compared with it, and copied from it. */
  let held: Done | undefined;
  const letGo = (done: Done | undefined): void => {
    if (done === undefined) return;
    decoded.release(done.source);
    if (done.reference !== undefined) reference?.release(done.reference);
    upscaler.release(done.larger.frame);
  };
  try {
    await using rows = await openFrameLog(draft.rows);
    const wanted = atMost(startingAt(decoded, segment), most);
    const pairs = withReference(wanted, reference);
    const enlarge = async (pair: Pair): Promise<Done> => ({
      ...pair,
      larger: await upscaler.upscale(pair.source, pair.reference),
    });
    for await (const done of mapOrdered(pairs, context.workers + 2, enlarge)) {
      const { frame, scores } = done.larger;
      await encoder.write(frame);
      const row = rowOf(
        count,
        rescale(frame.pts, sourceBase, timeBase),
        timeBase,
        scores,
        bitDepth,
      );
      if (plan.paths.log !== null) await rows.write(row);
      firstPts ??= frame.pts;
      count++;
      reused += done.larger.reused;
      context.onFrame(row.psnrY ?? row.psnrToSourceY);
      letGo(held);
      held = done;
    }
    letGo(held);
    await rows.finish();
    const report = decoded.report();
    if (count === 0) {
      await encoder.abort();
      await rm(draft.video, { force: true });
    } else {
      await encoder.finish();
      await rename(draft.video, files.video);
    }
    await rename(draft.rows, files.rows);
    return {
      frames: count,
      firstPts,
      provider: upscaler.provider,
      videoBytes: count === 0 ? 0 : (await stat(files.video)).size,
      reused: count === 0 ? 0 : reused / count,
      damagedFrames: report.damagedFrames,
      messages: report.messages.slice(0, 20),
      truncated: report.truncated,
    };
  } catch (error) {
    await encoder.abort();
    await Promise.all([rm(draft.video, { force: true }), rm(draft.rows, { force: true })]);
    if (context.signal.aborted && !(error instanceof VsrError && error.code !== 'interrupted')) {
      throw new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`, {
        cause: error,
      });
    }
    throw error;
  }
}

type Pair = { readonly source: Frame; readonly reference: Frame | undefined };

async function* withReference(
  frames: AsyncIterable<Frame>,
  reference: ReferenceFrames | null,
): AsyncGenerator<Pair> {
  for await (const source of frames) {
    yield { source, reference: reference === null ? undefined : await reference.next() };
  }
}
