import { rm } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { openEncoder, type FrameEncoder } from '../../media/encode/encode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { openFrameLog } from '../../metrics/frame-log.js';
import { rowOf } from '../../metrics/frame-scores.js';
import type { Frame } from '../../planes/frame.js';
import type { Ratio } from '../../planes/ratio.js';
import { sha256Of } from '../plan/identity.js';
import type { JobPlan } from '../plan/job-plan.js';
import { mapOrdered } from './map-ordered.js';
import type { Segment } from './segment-plan.js';
import type { Upscaled, Upscaler } from '../../enlarge/upscaler.js';
import { timedItems, type StageClock } from './stage-clock.js';
import { stallTimeoutMs, type SegmentReader } from './segment-reader.js';
import { keepFile, type SegmentFiles, type SegmentRecord } from './work-folder.js';

/** What every segment of one job shares. */
export type SegmentContext = {
  readonly ffmpeg: Ffmpeg;
  readonly plan: JobPlan;
  readonly upscaler: Upscaler;
  readonly reader: SegmentReader;
  readonly workers: number;
  /** Frames of the ground truth, in the order of the clip's; `null` without. */
  readonly reference: ReferenceFrames | null;
  /** Where the time goes. */
  readonly clock: StageClock;
  readonly signal: AbortSignal;
  /** Called for every frame that the encoder has taken. */
  readonly onFrame: (psnr: number | null) => void;
};

/** The ground truth, read one frame at a time beside the clip. */
export interface ReferenceFrames extends AsyncDisposable {
  /** The next frame; throws VsrError `media` when the reference is shorter than the clip. */
  next(): Promise<Frame>;
  /** Passes over frames whose segment is done. */
  pass(count: number): Promise<void>;
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

/** A segment whose frames are all enlarged. */
export type EnlargedSegment = {
  readonly frames: number;
  /** Settles when its files are closed and lie, whole, under their names. */
  readonly written: Promise<SegmentRecord>;
};

/**
 * Decodes, enlarges, measures and encodes one segment, at most `most` frames of it, into `files`.
 * Resolves once the last frame is on its way, so that the next segment can begin while the encoder
 * ends its file. The files appear under their names only when they are whole; doing it again gives
 * the same result.
 */
export async function upscaleSegment(
  context: SegmentContext,
  segment: Segment,
  files: SegmentFiles,
  most: number,
): Promise<EnlargedSegment> {
  const { plan, upscaler, reader, reference, clock } = context;
  const sourceBase = plan.source.video.timeBase;
  const { timeBase } = plan.outputPlan;
  const { bitDepth } = upscaler.layout.format;
  const draft: Draft = {
    video: `${files.video}.${process.pid}.part`,
    rows: files.rows.replace(/\.jsonl$/, `.${process.pid}.part.jsonl`),
  };
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
    reader.release(done.source);
    if (done.reference !== undefined) reference?.release(done.reference);
    upscaler.release(done.larger.frame);
  };
  try {
    await using rows = await openFrameLog(draft.rows);
    const pairs = withReference(
      timedItems(clock, 'decode', reader.frames(segment, most)),
      reference,
    );
    const enlarge = async (pair: Pair): Promise<Done> => {
      const larger = upscaler.upscale(pair.source, pair.reference);
      // The encoder starts while the first frame is being enlarged.
      encoder.prepare();
      return { ...pair, larger: await larger };
    };
    const results = mapOrdered(pairs, context.workers + 2, enlarge);
    for await (const done of timedItems(clock, 'wait', results)) {
      const { frame, scores } = done.larger;
      await clock.time('encode', () => encoder.write(frame));
      const row = rowOf(
        count,
        rescale(frame.pts, sourceBase, timeBase),
        timeBase,
        scores,
        bitDepth,
      );
      if (plan.paths.log !== null) await clock.time('log', () => rows.write(row));
      firstPts ??= frame.pts;
      count++;
      reused += done.larger.reused;
      context.onFrame(row.psnrY ?? row.psnrToSourceY);
      letGo(held);
      held = done;
    }
    letGo(held);
    await rows.finish();
  } catch (error) {
    throw await discarded(context, encoder, draft, error);
  }
  const facts = { ...reader.report(), frames: count, firstPts };
  const written = close(encoder, draft, files, count).then(
    (hashes): SegmentRecord => ({
      frames: facts.frames,
      firstPts: facts.firstPts,
      provider: upscaler.provider,
      precision: upscaler.precision,
      ...hashes,
      reused: count === 0 ? 0 : reused / count,
      damagedFrames: facts.damagedFrames,
      messages: facts.messages.slice(0, 20),
      truncated: facts.truncated,
      sizeChanges: facts.sizeChanges.slice(0, 100),
      lostPackets: facts.lostPackets,
      complaints: facts.complaints,
    }),
    async (error: unknown) => {
      throw await discarded(context, encoder, draft, error);
    },
  );
  written.catch(() => {}); // Reported by whoever waits for it.
  return { frames: count, written };
}

type Draft = { readonly video: string; readonly rows: string };

/** Ends the files and gives them their names. Returns their hashes. */
async function close(
  encoder: FrameEncoder,
  draft: Draft,
  files: SegmentFiles,
  frames: number,
): Promise<Pick<SegmentRecord, 'videoSha256' | 'rowsSha256'>> {
  if (frames === 0) {
    await encoder.abort();
    // Nothing of an earlier attempt may be taken for this segment's.
    await Promise.all([draft.video, files.video].map((file) => rm(file, { force: true })));
  } else {
    await encoder.finish();
    await keepFile(draft.video, files.video);
  }
  await keepFile(draft.rows, files.rows);
  return { videoSha256: await sha256Of(files.video), rowsSha256: await sha256Of(files.rows) };
}

/** Removes what a failed segment has written; returns the error to throw. */
async function discarded(
  { signal, plan }: SegmentContext,
  encoder: FrameEncoder,
  draft: Draft,
  cause: unknown,
): Promise<unknown> {
  await encoder.abort();
  await Promise.all([rm(draft.video, { force: true }), rm(draft.rows, { force: true })]);
  const ours = cause instanceof VsrError && cause.code !== 'interrupted';
  if (!signal.aborted || ours) return cause;
  return new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`, { cause });
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
