import { randomBytes } from 'node:crypto';
import { passing, VsrError } from '../../errors.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { defaultStallMs, startProcess, type MediaProcess } from '../program/process.js';
import { watchWaiting } from '../program/stall-watch.js';
import type { Source } from '../source/source.js';
import { decodeArguments } from './decode-command.js';
import { decodeLog, endedWell, type DecodeLog } from './decode-log.js';
import { frameStream, type FrameStream } from './frame-stream.js';

/** What one ffmpeg process is to decode. */
export type DecodeRunRequest = {
  /** Timestamp of a key frame to start reading at; `undefined` for the beginning. */
  readonly seekTo: number | undefined;
  /** Number of frames after which it ends by itself; `undefined` for all. */
  readonly frames: number | undefined;
  /** Bytes that ffmpeg writes per frame. */
  readonly frameBytes: number;
  /** Gives a buffer of `frameBytes` for the next frame. */
  readonly take: () => Uint8Array;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds; see `DecodeRequest`. */
  readonly stallTimeoutMs: number | undefined;
};

/** One ffmpeg process that decodes. */
export class DecodeRun {
  readonly log: DecodeLog;
  readonly pictures: FrameStream;
  readonly #source: Source;
  readonly #process: MediaProcess;
  readonly #stallMs: number;
  readonly #stopWatching: () => void;
  #stalled = false;

  static start(ffmpeg: Ffmpeg, source: Source, request: DecodeRunRequest): DecodeRun {
    const instance = `vsr${randomBytes(6).toString('hex')}`;
    const { seekTo, frames } = request;
    const args = decodeArguments(ffmpeg, source, { instance, seekTo, frames });
    return new DecodeRun(ffmpeg, source, request, { instance, args });
  }

  private constructor(
    ffmpeg: Ffmpeg,
    source: Source,
    request: DecodeRunRequest,
    { instance, args }: { readonly instance: string; readonly args: readonly string[] },
  ) {
    const { video, container } = source;
    this.#source = source;
    this.log = decodeLog(instance, video.timeBase, ffmpeg.libavcodec, {
      index: video.index,
      // The demuxer of a bare stream has the name of its decoder, whose complaints are needed.
      demuxer: container === video.codec ? null : container,
    });
    this.#process = startProcess(ffmpeg.ffmpeg, args, {
      signal: request.signal,
      onStderrLine: this.log.onLine,
    });
    this.#process.done.then(this.log.end, this.log.end);
    this.pictures = frameStream(this.#process.stdout, request.frameBytes, request.take);
    this.#stallMs = request.stallTimeoutMs ?? defaultStallMs;
    this.#stopWatching = watchWaiting(this.pictures, this.#stallMs, () => {
      this.#stalled = true;
      this.#process.kill().catch(() => {});
    });
  }

  /**
   * Waits for ffmpeg's end where all its frames were read (`isAll`), and stops it otherwise.
   * `after` is the number of frames that were yielded, for messages.
   */
  async end(
    isAll: boolean,
    after: number,
  ): Promise<{ exitCode: number; problem: VsrError | null }> {
    this.#stopWatching();
    const end = isAll ? await this.#process.done : await this.#process.kill();
    const exitCode = isAll ? (end.code ?? -1) : -1;
    const where = `${this.#source.path} at frame ${after}`;
    if (this.#stalled) {
      const waited = Math.round(this.#stallMs / 1000);
      const message = `ffmpeg gave nothing for ${waited} s while decoding ${where}.`;
      return { exitCode, problem: passing(new VsrError('media', message)) };
    }
    if (!isAll || endedWell(end)) return { exitCode, problem: null };
    const how = end.signal === null ? `exit code ${end.code}` : end.signal;
    const said = end.stderrTail.findLast((line) => /\[(?:error|fatal)\]/.test(line));
    const detail = said === undefined ? '' : `: ${said.replace(/^(?:\[.*?\] ?)+/, '')}`;
    const message = `ffmpeg ended (${how}) while decoding ${where}${detail}.`;
    return { exitCode, problem: new VsrError('media', message) };
  }
}
