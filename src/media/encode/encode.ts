import { messageOf, passing, VsrError } from '../../errors.js';
import type { Frame } from '../../planes/frame.js';
import { pixelFormats } from '../../planes/pixel-format.js';
import { diskTrouble, sentenceStart } from '../program/disk-words.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { encodeArguments, intermediateMuxer } from './encode-command.js';
import { frameAdapter, pipeFormat, type FrameAdapter } from './frame-adapter.js';
import { ivfFrameHeader, ivfHeader } from './ivf.js';
import { readVideoFile } from './mp4-tables.js';
import type { OutputPlan } from '../output/output-plan.js';
import {
  startProcess,
  throwIfAborted,
  type MediaProcess,
  type ProcessEnd,
} from '../program/process.js';
import { appendNote } from './segment-file.js';
import { watchWork } from '../program/stall-watch.js';

/**
 * Encodes frames, which come in presentation order, into a file. The file is whole once `finish`
 * has resolved.
 */
export interface FrameEncoder {
  /**
   * Starts ffmpeg, which otherwise starts with the first frame; for callers that are sure that one
   * will come. A failure is thrown by `write`.
   */
  prepare(): void;
  /**
   * Resolves when ffmpeg has taken the frame, whose buffer may then be reused. Throws
   * `VsrError('media')` if ffmpeg fails or hangs, `VsrError('disk')` where the file cannot be
   * written, `VsrError('interrupted')` once `signal` fires.
   */
  write(frame: Frame): Promise<void>;
  /** Completes the file. Throws as `write` does, and `VsrError('media')` if no frame came. */
  finish(): Promise<void>;
  /**
   * Stops ffmpeg and resolves when it has ended; the file is not usable. May be called at any time.
   */
  abort(): Promise<void>;
}

export type EncoderOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which ffmpeg counts as hanging. Default: never. */
  readonly stallTimeoutMs?: number | undefined;
  /** Encoding threads. Default: ffmpeg's choice. */
  readonly threads?: number | undefined;
};

/** The error of an ffmpeg that ended early, with its last messages. */
function encoderFailed(plan: OutputPlan, end: ProcessEnd, path: string): VsrError {
  const trouble = diskTrouble(end.stderrTail);
  if (trouble !== null) {
    const message = `${sentenceStart(trouble)}: the encoder could not write ${path}. With that mended, run the same command again.`;
    return new VsrError('disk', message);
  }
  const lines = end.stderrTail.filter((line) => /\[(?:error|fatal|panic)\]/.test(line));
  const said = (lines.length > 0 ? lines : end.stderrTail).slice(-3).join(' | ');
  const how = end.signal === null ? `with exit code ${end.code}` : `by ${end.signal}`;
  const message = `The encoder ${plan.encoder} ended early, ${how}${said === '' ? '.' : `: ${said}`}`;
  return new VsrError('media', message);
}

/**
 * Checks by the finished file's own tables that all `frames` are in it. Throws `VsrError('disk')`
 * where they are not.
 */
async function checkTables(plan: OutputPlan, path: string, frames: number): Promise<void> {
  if (intermediateMuxer(plan) === 'matroska') return;
  const { samples, sizeBytes } = await readVideoFile(path).catch((cause: unknown) => {
    const message = `${path} was not written whole: ${messageOf(cause).replace(/\.?$/, '.')} Run the same command again.`;
    throw new VsrError('disk', message, { cause });
  });
  const { sizes, offsets } = samples;
  const end = sizes.reduce((last, size, i) => Math.max(last, offsets[i]! + size), 0);
  if (sizes.length === frames && end <= sizeBytes) return;
  throw new VsrError(
    'disk',
    `${path} was not written whole: it holds ${sizes.length} of ${frames} frames and ${sizeBytes} bytes. Run the same command again.`,
  );
}

/**
 * Opens the encoder of `plan`, which writes only the video to `path`, with every frame's exact
 * time. Frames must have the layout `plan.frameLayout`, and strictly ascending times in ticks of
 * `plan.timeBase`. ffmpeg starts with the first frame, or with `prepare`.
 */
export function openEncoder(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  path: string,
  options: EncoderOptions = {},
): FrameEncoder {
  return new FfmpegEncoder(ffmpeg, plan, path, options);
}

class FfmpegEncoder implements FrameEncoder {
  readonly #ffmpeg: Ffmpeg;
  readonly #plan: OutputPlan;
  readonly #path: string;
  readonly #options: EncoderOptions;
  readonly #adapter: FrameAdapter;
  #child: MediaProcess | null = null;
  #starting: Promise<MediaProcess> | null = null;
  #basePts = 0;
  #lastPts = -Infinity;
  #frames = 0;

  constructor(ffmpeg: Ffmpeg, plan: OutputPlan, path: string, options: EncoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#plan = plan;
    this.#path = path;
    this.#options = options;
    const format = pipeFormat(plan.frameLayout.format, pixelFormats.get(plan.pixelFormat)!);
    // With --to, ffmpeg scales frames to the coded size. Otherwise the adapter repeats the last row
    // or column where the coded size must be even.
    const { width, height } = plan.reduces
      ? plan.frameLayout
      : { width: plan.codedWidth, height: plan.codedHeight };
    this.#adapter = frameAdapter(plan.frameLayout, format, width, height);
  }

  prepare(): void {
    this.#started().catch(() => {});
  }

  async write(frame: Frame): Promise<void> {
    throwIfAborted(this.#options.signal);
    if (!(frame.pts > this.#lastPts)) {
      const { num, den } = this.#plan.timeBase;
      throw new VsrError(
        'media',
        `Expected frame ${frame.index} to come after time ${this.#lastPts} but it is at ${frame.pts} (ticks of ${num}/${den} s).`,
      );
    }
    if (this.#frames === 0) this.#basePts = frame.pts;
    const to = await this.#started();
    // Matroska stores the times themselves; the other files count from their first frame.
    const base = intermediateMuxer(this.#plan) === 'matroska' ? 0 : this.#basePts;
    const bytes = this.#adapter.adapt(frame.data);
    await this.#give(to, ivfFrameHeader(bytes.byteLength, frame.pts - base));
    await this.#give(to, bytes);
    this.#lastPts = frame.pts;
    this.#frames++;
  }

  async finish(): Promise<void> {
    throwIfAborted(this.#options.signal);
    const child = this.#child;
    if (child === null || this.#frames === 0) {
      throw new VsrError('media', 'No frame came to be encoded.');
    }
    child.stdin!.end();
    const end = await this.#unlessStalled(child, child.done);
    throwIfAborted(this.#options.signal);
    if (end.code !== 0 || diskTrouble(end.stderrTail) !== null) {
      throw encoderFailed(this.#plan, end, this.#path);
    }
    const note = { basePts: this.#basePts, lastPts: this.#lastPts, frames: this.#frames };
    await appendNote(this.#path, { ...note, timeBase: this.#plan.timeBase }).catch(
      (cause: unknown) => {
        const message = `${this.#path} could not be written: ${messageOf(cause)}.`;
        throw new VsrError('disk', message, { cause });
      },
    );
    await checkTables(this.#plan, this.#path, this.#frames);
  }

  async abort(): Promise<void> {
    await this.#child?.kill().catch(() => {});
    // A process that was just being started must be stopped as well.
    const late = await this.#starting?.catch(() => null);
    await late?.kill().catch(() => {});
  }

  #started(): Promise<MediaProcess> {
    return (this.#starting ??= this.#start());
  }

  async #start(): Promise<MediaProcess> {
    const { format, width, height } = this.#adapter.layout;
    const args = encodeArguments(this.#ffmpeg, this.#plan, {
      path: this.#path,
      piped: format.name,
      threads: this.#options.threads,
    });
    const { signal } = this.#options;
    const running = startProcess(this.#ffmpeg.ffmpeg, args, { stdin: 'pipe', signal });
    running.stdout.resume();
    running.done.catch(() => {}); // `write` and `finish` report its failure.
    this.#child = running;
    await this.#give(running, ivfHeader(format, width, height, this.#plan.timeBase));
    return running;
  }

  async #give(to: MediaProcess, bytes: Uint8Array): Promise<void> {
    const written = new Promise<boolean>((resolve) => {
      to.stdin!.write(bytes, (error) => resolve(error == null));
    });
    // When ffmpeg ends, the write fails. (A race against `done` would add a callback to that
    // promise for every frame.)
    if (await this.#unlessStalled(to, written)) return;
    const end = await to.done;
    throwIfAborted(this.#options.signal);
    throw encoderFailed(this.#plan, end, this.#path);
  }

  /**
   * Waits for `work`, but gives up when ffmpeg has used no CPU time for the stall timeout. Time
   * alone does not tell: encoding the frames that it holds back may take minutes.
   */
  async #unlessStalled<T>(to: MediaProcess, work: Promise<T>): Promise<T> {
    const limit = this.#options.stallTimeoutMs;
    if (limit === undefined) return work;
    let unwatch = (): void => {};
    const stalled = new Promise<never>((_, reject) => {
      const giveUp = (): void => {
        to.kill().catch(() => {});
        const seconds = Math.round(limit / 1000);
        const message = `The encoder ${this.#plan.encoder} has done nothing for ${seconds} s.`;
        reject(passing(new VsrError('media', message)));
      };
      if (to.pid !== null && process.platform !== 'win32') {
        unwatch = watchWork(to.pid, limit, giveUp);
        return;
      }
      const timer = setTimeout(giveUp, limit);
      unwatch = () => clearTimeout(timer);
    });
    try {
      return await Promise.race([work, stalled]);
    } finally {
      unwatch();
    }
  }
}
