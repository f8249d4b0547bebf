import { randomBytes } from 'node:crypto';
import { VsrError } from '../../errors.js';
import { FramePool, type Frame } from '../../planes/frame.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { isCutOff } from '../damage/cut-off.js';
import { canSeek, decodeArguments } from './decode-command.js';
import { decodeLog, endedWell, type DecodeLog, type LoggedFrame } from './decode-log.js';
import type { DecodedFrames, DecodeRequest } from './decode-report.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { frameStream, type FrameStream } from './frame-stream.js';
import { expectedTimes, withRepeats } from './repeats.js';
import {
  defaultStallMs,
  startProcess,
  throwIfAborted,
  type MediaProcess,
  type ProcessEnd,
} from '../program/process.js';
import type { Source } from '../source/source.js';
import { watchWaiting } from '../program/stall-watch.js';
import { PictureTimes } from './picture-times.js';
import type { TimestampMender } from './timestamps.js';

/** One ffmpeg that decodes. */
type Run = {
  readonly process: MediaProcess;
  readonly log: DecodeLog;
  readonly pictures: FrameStream;
  /** Stops watching for a stall. */
  readonly settle: () => void;
  readonly stalled: () => boolean;
};

/** A seek that landed after the wanted frame, or where timestamps cannot be trusted. */
const missed = Symbol('missed');

/**
 * Decodes the video of `source`, every frame once with its own timestamp, nothing duplicated or
 * dropped. ffmpeg writes only as fast as frames are taken.
 *
 * Iteration throws `VsrError('interrupted')` once `signal` fires, `VsrError('media')` if ffmpeg
 * dies or hangs. Damage in the source is no error: the report tells. Leaving the iteration early
 * ends ffmpeg.
 */
export function decodeFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  request: DecodeRequest = {},
): DecodedFrames {
  const { video } = source;
  const layout = frameLayout(video.format, video.width, video.height);
  const pool = new FramePool(layout);
  const { from = -Infinity, to = Infinity } = request.range ?? {};
  const lead = request.lead ?? 0;
  const most = request.maxFrames ?? Infinity;
  const whole = from === -Infinity && to === Infinity && most === Infinity;

  let frames = 0;
  /** Frames handed out, where some of them are repeats. */
  let yielded = 0;
  let exitCode = -1;
  let short = false;
  let log: DecodeLog | null = null;
  let mender: TimestampMender | null = null;
  let damagedFrames: number[] = [];
  let sizeChanges: { frame: number; width: number; height: number }[] = [];

  async function start(seekTo: number | undefined): Promise<Run> {
    const instance = `vsr${randomBytes(6).toString('hex')}`;
    const args = await decodeArguments(ffmpeg, source, {
      instance,
      seekTo,
      // bwdif holds one frame back, so a limit after it still counts frames.
      frames: from === -Infinity && most !== Infinity ? most : undefined,
    });
    const lines = decodeLog(instance, video.timeBase, ffmpeg.libavcodec, {
      index: video.index,
      // A bare stream's demuxer has the name of its decoder, which is to be heard.
      demuxer: source.container === video.codec ? null : source.container,
    });
    const child = startProcess(ffmpeg.ffmpeg, args, {
      signal: request.signal,
      onStderrLine: lines.onLine,
    });
    child.done.then(lines.end, lines.end);
    const pictures = frameStream(child.stdout, layout.byteLength, () => pool.take(0, 0).data);
    let stalled = false;
    const limit = request.stallTimeoutMs ?? defaultStallMs;
    const settle = watchWaiting(pictures, limit, () => {
      stalled = true;
      child.kill().catch(() => {});
    });
    return {
      process: child,
      log: lines,
      pictures,
      settle,
      stalled: () => stalled,
    };
  }

  function failure(run: Run, end: ProcessEnd | null): VsrError | null {
    const where = `${source.path} at frame ${frames}`;
    if (run.stalled()) {
      const waited = Math.round((request.stallTimeoutMs ?? defaultStallMs) / 1000);
      return new VsrError('media', `ffmpeg gave nothing for ${waited} s while decoding ${where}.`);
    }
    if (end === null || endedWell(end)) return null;
    const how = end.signal === null ? `exit code ${end.code}` : end.signal;
    const said = end.stderrTail.findLast((line) => /\[(?:error|fatal)\]/.test(line));
    const detail = said === undefined ? '' : `: ${said.replace(/^(?:\[.*?\] ?)+/, '')}`;
    return new VsrError('media', `ffmpeg ended (${how}) while decoding ${where}${detail}.`);
  }

  async function* once(seekTo: number | undefined): AsyncGenerator<Frame, typeof missed | void> {
    const run = await start(seekTo);
    log = run.log;
    const times = new PictureTimes(run.log, video);
    mender = times.mender;
    damagedFrames = [];
    sizeChanges = [];
    const { width, height, turn } = video;
    // Frames are described before they are turned.
    const decoded = turn?.transposed ? { width: height, height: width } : { width, height };
    let size = video.crop?.of ?? decoded;
    let found = seekTo === undefined;
    let all = false;
    /** Frames from `range.from` on. */
    let wanted = 0;
    /** The last ones before it. */
    const early: { data: Uint8Array; info: LoggedFrame; pts: number }[] = [];
    const handOut = ({ data, info, pts }: (typeof early)[number]): Frame => {
      if (info.width !== size.width || info.height !== size.height) {
        size = { width: info.width, height: info.height };
        sizeChanges.push({ frame: frames, ...size });
      }
      if (info.damaged) damagedFrames.push(frames);
      frames += 1;
      return { index: frames - 1, pts, data };
    };
    try {
      for await (const data of run.pictures) {
        const timed = await times.next();
        if (timed === null) break;
        const { info, pts } = timed;
        if (pts >= to) return;
        if (!found) {
          // Everything before a key frame may be damaged, and a frame without a timestamp tells no
          // place.
          const { invented } = times.mender;
          found = info.key && pts <= from && invented === 0;
          if (!found && (pts >= from || invented > 0)) return missed;
        }
        const one = { data, info, pts };
        if (pts < from) {
          early.push(one);
          if (early.length > lead) pool.release({ index: 0, ...early.shift()! });
          continue;
        }
        for (const earlier of early.splice(0)) yield handOut(earlier);
        yield handOut(one);
        wanted += 1;
        if (wanted >= most) return;
      }
      all = true;
    } finally {
      run.settle();
      const end = all ? await run.process.done : await run.process.kill();
      throwIfAborted(request.signal);
      if (all) {
        exitCode = end.code ?? -1;
        short = run.pictures.leftOver > 0 || (await isCutOff(source));
      }
      const problem = failure(run, all ? end : null);
      // What ended ffmpeg matters more than how the loop was left.
      // eslint-disable-next-line no-unsafe-finally
      if (problem !== null) throw problem;
    }
  }

  async function* decoded(): AsyncGenerator<Frame> {
    const seekTo = canSeek(source) ? request.seekTo : undefined;
    const outcome = yield* once(seekTo);
    if (outcome === missed) yield* once(undefined);
  }

  async function* decode(): AsyncGenerator<Frame> {
    const expected = await expectedTimes(ffmpeg, source, request.signal);
    if (expected === null) {
      yield* decoded();
      return;
    }
    const before = expected.filter((pts) => pts < from).length;
    const times = expected.slice(Math.max(0, before - lead)).filter((pts) => pts < to);
    let wanted = 0;
    for await (const frame of withRepeats(decoded(), times, () => pool.take(0, 0).data)) {
      yielded = frame.index + 1;
      yield frame;
      if (frame.pts >= from) wanted += 1;
      if (wanted >= most) return;
    }
  }

  return {
    layout,
    [Symbol.asyncIterator]: decode,
    release: (frame) => pool.release(frame),
    report: () => ({
      frames: Math.max(frames, yielded),
      damagedFrames,
      sizeChanges,
      unreadable: log?.unreadable ?? false,
      truncated:
        short ||
        (log?.unreadable ?? false) ||
        (log?.cutShort ?? false) ||
        (whole && exitCode >= 0 && endsDamaged(frames, damagedFrames)),
      messages: log?.messages ?? [],
      complaints: log?.complaints ?? [],
      exitCode,
      lostPackets: log?.lostPackets ?? 0,
      inventedTimestamps: mender?.invented ?? 0,
      movedTimestamps: mender?.moved ?? 0,
    }),
  };
}

/** Whether damage lies at the end alone, as where a file was cut off within a picture. */
function endsDamaged(frames: number, damaged: readonly number[]): boolean {
  return frames > 4 && damaged.length > 0 && damaged[0]! >= frames - 4;
}
