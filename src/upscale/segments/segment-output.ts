import { rm } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { openEncoder, type FrameEncoder } from '../../media/encode/encode.js';
import { openFrameLog, type FrameLog } from '../../metrics/frame-log.js';
import { rowOf } from '../../metrics/frame-scores.js';
import type { Ratio } from '../../planes/ratio.js';
import { originOf } from '../footage/frame-origin.js';
import { sha256Of } from '../plan/identity.js';
import type { SegmentReport } from './segment-record.js';
import type { EnlargedFrame, SegmentTools } from './segment-tools.js';
import type { MadeSegment } from './segment-record.js';
import { keepFile, type SegmentFiles } from './work-folder.js';

/** Ticks of `pts` in the output's time base, rounded to the nearest. */
function outputTicks(pts: number, from: Ratio, to: Ratio): number {
  const value =
    (BigInt(pts) * BigInt(from.num) * BigInt(to.den) * 2n) / (BigInt(from.den) * BigInt(to.num));
  // Halves away from zero, as ffmpeg rounds.
  return Number(value >= 0n ? (value + 1n) / 2n : (value - 1n) / 2n);
}

/**
 * The files of one segment while they are written. They appear under their names only when they are
 * whole; making the segment again gives the same files.
 */
export class SegmentOutput {
  readonly #tools: SegmentTools;
  readonly #files: SegmentFiles;
  readonly #draft: { readonly video: string; readonly rows: string };
  readonly #encoder: FrameEncoder;
  readonly #rows: Promise<FrameLog>;
  #frames = 0;
  #firstPts: number | null = null;
  /** Sum over the frames of the share that was copied from the frame before. */
  #reused = 0;

  constructor(tools: SegmentTools, files: SegmentFiles) {
    const { ffmpeg, plan, signal } = tools.job;
    this.#tools = tools;
    this.#files = files;
    this.#draft = {
      video: `${files.video}.${process.pid}.part`,
      rows: files.rows.replace(/\.jsonl$/, `.${process.pid}.part.jsonl`),
    };
    this.#encoder = openEncoder(ffmpeg, plan.outputPlan, this.#draft.video, {
      signal,
      stallTimeoutMs: plan.settings.stallTimeoutMs,
    });
    this.#rows = openFrameLog(this.#draft.rows);
    this.#rows.catch(() => {}); // Thrown where the first row is written, or at the end.
  }

  /** Frames that were encoded. */
  get frames(): number {
    return this.#frames;
  }

  /** Starts the encoder, so that it is ready when the first frame comes. */
  prepare(): void {
    this.#encoder.prepare();
  }

  async encode({ source, larger }: EnlargedFrame): Promise<void> {
    await this.#tools.clock.time('encode', () => this.#encoder.write(larger.frame));
    this.#firstPts ??= source.pts;
    this.#reused += larger.reused;
  }

  /** Writes the row of a frame that was encoded, and counts it. */
  async log({ source, larger }: EnlargedFrame): Promise<void> {
    const { job, clock, upscaler } = this.#tools;
    const { timeBase } = job.plan.outputPlan;
    const pts = outputTicks(source.pts, job.plan.source.video.timeBase, timeBase);
    const { bitDepth } = upscaler.layout.format;
    const row = rowOf(
      { index: this.#frames, pts, timeBase, origin: originOf(source, job.plan.scan) },
      larger.scores,
      bitDepth,
    );
    const rows = await this.#rows;
    if (job.plan.paths.log !== null) await clock.time('log', () => rows.write(row));
    this.#frames++;
    job.progress.add(row.psnrY ?? row.psnrToSourceY);
  }

  /** Ends the log, when all its rows are written. */
  async endLog(): Promise<void> {
    await using rows = await this.#rows;
    await rows.finish();
  }

  /** Closes the files and gives them their names; `report` is what decoding the segment showed. */
  async close(report: SegmentReport): Promise<MadeSegment> {
    const { upscaler } = this.#tools;
    try {
      return {
        frames: this.#frames,
        firstPts: this.#firstPts,
        provider: upscaler.provider,
        precision: upscaler.precision,
        ...(await this.#keep()),
        reused: this.#frames === 0 ? 0 : this.#reused / this.#frames,
        damagedFrames: report.damagedFrames,
        messages: report.messages.slice(0, 20),
        truncated: report.truncated,
        sizeChanges: report.sizeChanges.slice(0, 100),
        formChanges: report.formChanges.slice(0, 100),
        lostPackets: report.lostPackets,
        complaints: report.complaints,
      };
    } catch (error) {
      throw await this.discarded(error);
    }
  }

  /** Returns the hashes of the files, which then have their names. */
  async #keep(): Promise<Pick<MadeSegment, 'videoSha256' | 'rowsSha256'>> {
    const { video, rows } = this.#files;
    if (this.#frames === 0) {
      await this.#encoder.abort();
      // Files of an earlier attempt must not be taken for this segment's.
      await Promise.all([this.#draft.video, video].map((file) => rm(file, { force: true })));
    } else {
      await this.#encoder.finish();
      await keepFile(this.#draft.video, video);
    }
    await keepFile(this.#draft.rows, rows);
    return { videoSha256: await sha256Of(video), rowsSha256: await sha256Of(rows) };
  }

  /** Removes the files of a failed segment; returns the error to throw. */
  async discarded(cause: unknown): Promise<unknown> {
    const { signal, plan } = this.#tools.job;
    await this.#encoder.abort();
    await this.#rows.then((rows) => rows[Symbol.asyncDispose]()).catch(() => {});
    await Promise.all(Object.values(this.#draft).map((file) => rm(file, { force: true })));
    const ours = cause instanceof VsrError && cause.code !== 'interrupted';
    if (!signal.aborted || ours) return cause;
    return new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`, { cause });
  }
}
