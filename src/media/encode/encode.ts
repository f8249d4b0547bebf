import { VsrError, messageOf } from '../../errors.js';
import type { Frame } from '../../planes/frame.js';
import { pixelFormats } from '../../planes/pixel-format.js';
import { colourBox, colourFlags } from '../output/colour-flags.js';
import { buildArguments } from '../program/command.js';
import { containerOfMuxer } from '../output/containers.js';
import { diskTrouble, sentenceStart } from '../program/disk-words.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
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

/** Takes frames in presentation order; the file is whole once `finish` has resolved. */
export interface FrameEncoder {
  /**
   * Starts ffmpeg before the first frame, which otherwise starts it; for when one is sure to come.
   * What fails is thrown by `write`.
   */
  prepare(): void;
  /**
   * Resolves when ffmpeg has taken the frame, whose buffer may then be used again. Throws
   * `VsrError` if it cannot.
   */
  write(frame: Frame): Promise<void>;
  /** Ends the file. Throws `VsrError('media')` if no frame came or ffmpeg failed. */
  finish(): Promise<void>;
  /**
   * Ends ffmpeg and resolves when it has gone; what it wrote is no file yet. Safe to call at any
   * time.
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

/** The muxer of the intermediate file: it keeps ticks and frame order exactly. */
export function intermediateMuxer(plan: OutputPlan): 'mp4' | 'mov' | 'matroska' {
  // Opacity of VP9 rides beside its packets, which only Matroska writes; and ffmpeg of 2018 cannot
  // describe every VP9 in MP4. Its milliseconds are those of the output.
  const isWebCodec = plan.codec === 'vp9' || plan.codec === 'av1';
  if (isWebCodec && containerOfMuxer(plan.container).ticks === 'millisecond') return 'matroska';
  return plan.codec === 'ffv1' || plan.codec === 'prores' ? 'mov' : 'mp4';
}

/** Without this tag on the track, the `place`th of its file, players pass over VP9's opacity. */
export function alphaTag(plan: OutputPlan, place: number): string[] {
  return plan.codec === 'vp9' && plan.keepsAlpha ? [`-metadata:s:${place}`, 'alpha_mode=1'] : [];
}

/** Words that bring what comes through the pipe to the encoder's format, where they differ. */
function filters(plan: OutputPlan, piped: string): string[] {
  const list: string[] = [];
  if (piped !== plan.pixelFormat || plan.reduces) {
    const range = plan.colour.range === 'pc' ? 'pc' : 'tv';
    // 4:4:0 that came as repeated rows of 4:4:4 goes back by leaving them out.
    const doubled = plan.frameLayout.format.name === plan.pixelFormat && !plan.reduces;
    const flags = doubled ? 'neighbor' : 'lanczos+accurate_rnd+full_chroma_int';
    const size = `${plan.codedWidth}:${plan.codedHeight}`;
    list.push(`scale=${size}:in_range=${range}:out_range=${range}:flags=${flags}`);
  }
  const aspect = plan.sampleAspect;
  if (aspect !== null) list.push(`setsar=sar=${aspect.num}/${aspect.den}:max=65535`);
  return list.length === 0 ? [] : ['-vf', list.join(',')];
}

async function encodeArguments(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  adapter: FrameAdapter,
  path: string,
  threads: number | undefined,
): Promise<string[]> {
  const muxer = intermediateMuxer(plan);
  const { num, den } = plan.timeBase;
  const colour = colourFlags(plan.colour);
  return buildArguments({
    // Without -copyts ffmpeg would count from the first frame.
    options: ['-loglevel', 'level+warning', '-copyts'],
    inputs: [
      {
        path: 'pipe:0',
        format: 'ivf',
        // Everything is known from the header: nothing is to be read ahead.
        options: ['-probesize', '32', '-analyzeduration', '0', ...colour, '-c:v', 'rawvideo'],
      },
    ],
    outputs: [
      {
        path,
        format: muxer,
        options: [
          ...['-map', '0:v:0', ...everyFrame(ffmpeg), '-enc_time_base', `${num}/${den}`],
          ...filters(plan, adapter.layout.format.name),
          ...['-pix_fmt', plan.pixelFormat, ...colour, ...plan.encoderArgs],
          ...(threads === undefined ? [] : ['-threads', String(threads)]),
          ...(muxer === 'matroska'
            ? ['-avoid_negative_ts', 'disabled', ...alphaTag(plan, 0)]
            : ['-video_track_timescale', String(den), ...colourBox(plan.colour)]),
        ],
      },
    ],
  });
}

/** What went wrong in an ffmpeg that ended early, with its own last words. */
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
 * Throws `VsrError('disk')` unless all `frames` lie in the finished file, as its own tables say.
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
 * Opens an encoder of `plan` that writes only the video to `path`, with every frame's exact time.
 * Frames come as `plan.frameLayout` says, with times in ticks of `plan.timeBase` that always grow.
 * ffmpeg starts with the first frame, or with `prepare`.
 */
export function openEncoder(
  ffmpeg: Ffmpeg,
  plan: OutputPlan,
  path: string,
  options: EncoderOptions = {},
): FrameEncoder {
  const format = pipeFormat(plan.frameLayout.format, pixelFormats.get(plan.pixelFormat)!);
  // What is reduced anyway is reduced to the coded size; otherwise a missing row or column is
  // repeated.
  const size = plan.reduces
    ? plan.frameLayout
    : { width: plan.codedWidth, height: plan.codedHeight };
  const adapter = frameAdapter(plan.frameLayout, format, size.width, size.height);
  let child: MediaProcess | null = null;
  let starting: Promise<MediaProcess> | null = null;
  let basePts = 0;
  let lastPts = -Infinity;
  let frames = 0;

  const start = async (): Promise<MediaProcess> => {
    const args = await encodeArguments(ffmpeg, plan, adapter, path, options.threads);
    const { signal } = options;
    const running = startProcess(ffmpeg.ffmpeg, args, { stdin: 'pipe', signal });
    running.stdout.resume();
    running.done.catch(() => {}); // Reported by whoever waits for it.
    child = running;
    await give(running, ivfHeader(adapter.layout.format, size.width, size.height, plan.timeBase));
    return running;
  };

  /**
   * Waits for `work`, but not once ffmpeg has done nothing for the stall timeout: what it holds
   * back may take it minutes.
   */
  const unlessStalled = async <T>(to: MediaProcess, work: Promise<T>): Promise<T> => {
    const limit = options.stallTimeoutMs;
    if (limit === undefined) return work;
    let unwatch = (): void => {};
    const stalled = new Promise<never>((_, reject) => {
      const giveUp = (): void => {
        to.kill().catch(() => {});
        const seconds = Math.round(limit / 1000);
        reject(
          new VsrError('media', `The encoder ${plan.encoder} has done nothing for ${seconds} s.`),
        );
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
  };

  const give = async (to: MediaProcess, bytes: Uint8Array): Promise<void> => {
    const written = new Promise<boolean>((resolve) => {
      to.stdin!.write(bytes, (error) => resolve(error == null));
    });
    // A pipe whose reader goes away fails the write. (Racing against `done` here would add to it
    // for every frame.)
    if (await unlessStalled(to, written)) return;
    const end = await to.done;
    throwIfAborted(options.signal);
    throw encoderFailed(plan, end, path);
  };

  const started = (): Promise<MediaProcess> => (starting ??= start());

  return {
    prepare() {
      started().catch(() => {});
    },
    async write(frame) {
      throwIfAborted(options.signal);
      if (!(frame.pts > lastPts)) {
        throw new VsrError(
          'media',
          `Expected frame ${frame.index} to come after time ${lastPts} but it is at ${frame.pts} (ticks of ${plan.timeBase.num}/${plan.timeBase.den} s).`,
        );
      }
      if (frames === 0) basePts = frame.pts;
      const to = await started();
      // Matroska keeps times as they are; the others count from their first frame.
      const base = intermediateMuxer(plan) === 'matroska' ? 0 : basePts;
      const bytes = adapter.adapt(frame.data);
      await give(to, ivfFrameHeader(bytes.byteLength, frame.pts - base));
      await give(to, bytes);
      lastPts = frame.pts;
      frames++;
    },
    async finish() {
      throwIfAborted(options.signal);
      if (child === null || frames === 0) {
        throw new VsrError('media', 'No frame came to be encoded.');
      }
      child.stdin!.end();
      const end = await unlessStalled(child, child.done);
      throwIfAborted(options.signal);
      if (end.code !== 0 || diskTrouble(end.stderrTail) !== null) {
        throw encoderFailed(plan, end, path);
      }
      await appendNote(path, { basePts, lastPts, timeBase: plan.timeBase, frames }).catch(
        (cause: unknown) => {
          throw new VsrError('disk', `${path} could not be written: ${messageOf(cause)}.`, {
            cause,
          });
        },
      );
      await checkTables(plan, path, frames);
    },
    async abort() {
      await child?.kill().catch(() => {});
      // One that was about to start has to end too.
      const late = await starting?.catch(() => null);
      await late?.kill().catch(() => {});
    },
  };
}
