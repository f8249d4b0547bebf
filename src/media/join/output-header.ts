import { VsrError } from '../../errors.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import { parseMatrix } from '../source/display-matrix.js';
import {
  listAt,
  numberAt,
  objectAt,
  parseSideData,
  parseStream,
  ratioAt,
  textAt,
  type Json,
} from '../source/probe-stream.js';
import type { DisplayMatrix, StreamInfo } from '../source/source.js';
import type { Ratio } from '../../planes/ratio.js';

/** What the header of a finished file says about one stream; `null` for what it does not state. */
export type HeaderStream = StreamInfo & {
  /** Luma samples. */
  readonly width: number | null;
  readonly height: number | null;
  /** Frames per second. */
  readonly frameRate: Ratio | null;
  readonly sampleAspect: Ratio | null;
  readonly matrix: DisplayMatrix | null;
  /** ffprobe's names of the side data of the stream and of the frames that were decoded. */
  readonly sideData: readonly string[];
};

/** The header of a finished file. */
export type OutputHeader = {
  /** ffprobe's name of the format. */
  readonly container: string;
  readonly streams: readonly HeaderStream[];
};

function headerStream(json: Json, frames: readonly Json[]): HeaderStream {
  const info = parseStream(json);
  const own = frames.filter((frame) => numberAt(frame, 'stream_index') === info.index);
  return {
    ...info,
    width: numberAt(json, 'width'),
    height: numberAt(json, 'height'),
    frameRate: ratioAt(json, 'avg_frame_rate') ?? ratioAt(json, 'r_frame_rate'),
    sampleAspect:
      ratioAt(json, 'sample_aspect_ratio') ?? ratioAt(own[0] ?? {}, 'sample_aspect_ratio'),
    matrix: parseMatrix(json),
    sideData: parseSideData(json, own).map(({ type }) => type),
  };
}

/**
 * Reads the header of `output`, and with `frames` also decodes the first frames of its video.
 * `null` where ffprobe crashes, as that of 2018 does on transport streams that name their
 * programme. Throws `VsrError('media')` for a file that cannot be read.
 */
export async function readHeader(
  ffmpeg: Ffmpeg,
  output: string,
  { frames, stallTimeoutMs }: { readonly frames: boolean; readonly stallTimeoutMs: number },
): Promise<OutputHeader | null> {
  const args = [
    ...['-v', 'error', ...safeInputOptions, '-of', 'json', '-show_streams', '-show_format'],
    ...(frames ? ['-show_frames', '-read_intervals', '%+#16'] : []),
    fileUrl(output),
  ];
  const { code, signal, stdout, stderrTail } = await runProcess(ffmpeg.ffprobe, args, {
    stallTimeoutMs,
  });
  if (signal === 'SIGSEGV') return null;
  if (code !== 0) {
    throw new VsrError('media', `The finished file cannot be read back: ${stderrTail.join(' ')}`);
  }
  const json = JSON.parse(stdout) as Json;
  const shown = listAt(json, 'frames');
  return {
    container: textAt(objectAt(json, 'format'), 'format_name') ?? 'unknown',
    streams: listAt(json, 'streams').map((stream) => headerStream(stream, shown)),
  };
}
