import { randomUUID } from 'node:crypto';
import { VsrError } from '../errors.js';
import { FramePool, type Frame } from '../planes/frame.js';
import { frameLayout, type FrameLayout } from '../planes/pixel-format.js';
import { canSeek, decodeArguments } from './decode-command.js';
import { DecodeMessages } from './decode-messages.js';
import type { Ffmpeg } from './ffmpeg.js';
import { frameStream } from './frame-stream.js';
import { startProcess, throwIfAborted } from './process.js';
import type { Source } from './source.js';
import {
  rescale,
  showinfoParser,
  ticksPerFrame,
  timestampMender,
  type FrameInfo,
} from './timestamps.js';

/** What of a clip to decode. */
export type DecodeRequest = {
  /** Ticks of the stream's time base: `from` inclusive, `to` exclusive. */
  readonly range?: { readonly from?: number; readonly to?: number };
  readonly maxFrames?: number;
  /** Ticks of a key frame at or before `range.from` at which reading may start. */
  readonly seekTo?: number;
  readonly deinterlace?: boolean;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which ffmpeg counts as hanging. Default: never. */
  readonly stallTimeoutMs?: number;
};

/** A frame that came in another size than the clip's, and was brought to it. */
export type SizeChange = {
  readonly frame: number;
  readonly width: number;
  readonly height: number;
};

/** How decoding went; frames count from 0 among those given out. */
export type DecodeReport = {
  readonly frames: number;
  /** Frames that were in line when the decoder complained. */
  readonly damagedFrames: readonly number[];
  /** Where the size began to differ from the frame's before. */
  readonly sizeChanges: readonly SizeChange[];
  /** The file ended early: what came is not the whole clip. */
  readonly truncated: boolean;
  /** What ffmpeg complained about, and what was mended, a line each. */
  readonly messages: readonly string[];
};

/** Frames in presentation order, each at its own time. Iterated once. */
export interface DecodedFrames extends AsyncIterable<Frame> {
  readonly layout: FrameLayout;
  /** Takes back the memory of a frame that nobody reads any more. */
  release(frame: Frame): void;
  /** Complete once the iteration has ended. */
  report(): DecodeReport;
}

/** What showinfo said, waiting for the frames' bytes to come through the other pipe. */
class InfoQueue {
  readonly #waiting: FrameInfo[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  /** Frames that showinfo has seen. */
  seen = 0;

  push(info: FrameInfo): void {
    this.seen++;
    this.#waiting.push(info);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** The next frame's; `null` if ffmpeg has gone without saying anything of it. */
  async next(): Promise<FrameInfo | null> {
    while (this.#waiting.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#waiting.shift() ?? null;
  }
}

/**
 * Decodes the video of `source`: no frame is dropped or shown twice, every one has its own timestamp,
 * and frames of another size than the clip's are brought to it. ffmpeg starts with the first pull, waits
 * while nothing is pulled, and is gone once the iteration has ended, however it ends.
 *
 * Iterating throws `VsrError('media')` if ffmpeg fails before the first frame, is killed or hangs, and
 * `VsrError('interrupted')` once the signal fires; damage and early ends are in the report.
 */
export function decodeFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  request: DecodeRequest = {},
): DecodedFrames {
  const { video } = source;
  const layout = frameLayout(video.format, video.width, video.height);
  const pool = new FramePool(layout);
  const messages = new DecodeMessages();
  const sizeChanges: SizeChange[] = [];
  const { from = -Infinity, to = Infinity } = request.range ?? {};
  const mender = timestampMender(ticksPerFrame(video.frameRate, video.timeBase), 0);
  let given = 0;
  let passedOver = 0;
  let leftOver = 0;

  async function* frames(): AsyncGenerator<Frame> {
    throwIfAborted(request.signal);
    const infos = new InfoQueue();
    const instance = `vsr${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const parser = showinfoParser(instance);
    let timeBase = video.timeBase;
    const seekTo = request.seekTo !== undefined && canSeek(source) ? request.seekTo : undefined;
    const args = await decodeArguments(source, {
      instance,
      seekTo,
      deinterlace: request.deinterlace,
      // Frames before the range would be counted as well.
      frames: request.range?.from === undefined ? request.maxFrames : undefined,
    });
    let stalled = false;
    const child = startProcess(ffmpeg.ffmpeg, args, {
      signal: request.signal,
      onStderrLine(line) {
        if (!parser.owns(line)) return messages.add(line, infos.seen);
        timeBase = parser.timeBase(line) ?? timeBase;
        const info = parser.frame(line);
        if (info !== null) infos.push(info);
      },
    });
    const done = child.done.finally(() => infos.close());
    done.catch(() => {}); // Reported below, when it is waited for.
    const stream = frameStream(child.stdout, layout.byteLength, () => pool.take(0, 0).data, {
      stallTimeoutMs: request.stallTimeoutMs,
      onStall() {
        stalled = true;
        child.kill().catch(() => {});
      },
    });
    let size = { width: video.width, height: video.height };
    try {
      for await (const data of stream) {
        const info = await infos.next();
        const own = info?.pts ?? null;
        const pts = mender.next(own === null ? null : rescale(own, timeBase, video.timeBase));
        if (pts >= to) return;
        if (pts < from) {
          passedOver++;
          pool.release({ index: -1, pts, data });
          continue;
        }
        if (info !== null && (info.width !== size.width || info.height !== size.height)) {
          size = { width: info.width, height: info.height };
          sizeChanges.push({ frame: given, ...size });
        }
        yield { index: given++, pts, data };
        if (given === request.maxFrames) return;
      }
      const end = await done;
      throwIfAborted(request.signal);
      leftOver = stream.leftOver;
      if (stalled) {
        const seconds = Math.round((request.stallTimeoutMs ?? 0) / 1000);
        throw new VsrError(
          'media',
          `ffmpeg hangs: it has decoded nothing of ${source.path} for ${seconds} s, after frame ${given - 1}.`,
        );
      }
      if (end.signal !== null) {
        throw new VsrError(
          'media',
          `ffmpeg was ended by ${end.signal} while it decoded ${source.path}, after frame ${given - 1}.`,
        );
      }
      if (end.code !== 0 && given + passedOver === 0) {
        const said = messages.messages.at(-1) ?? `exit code ${end.code}`;
        throw new VsrError(
          'media',
          `No frame of ${source.path} could be decoded (ffmpeg: ${said}).`,
        );
      }
      if (end.code !== 0) messages.endsEarly = true;
    } finally {
      await child.kill().catch(() => {});
    }
  }

  return {
    layout,
    [Symbol.asyncIterator]: frames,
    release: (frame) => pool.release(frame),
    report() {
      const mended = [
        ...(mender.invented === 0
          ? []
          : [`${mender.invented} frames had no timestamp and were given one`]),
        ...(mender.moved === 0
          ? []
          : [`${mender.moved} timestamps were not later than the one before and were moved`]),
      ];
      return {
        frames: given,
        damagedFrames: [...messages.damaged]
          .map((frame) => frame - passedOver)
          .filter((frame) => frame >= 0 && frame < given),
        sizeChanges,
        truncated: messages.endsEarly || leftOver > 0,
        messages: [...messages.all(), ...mended],
      };
    },
  };
}
