import { runProgram } from './run-program.js';

/** A stream as ffprobe prints it; any field but `index` may be missing. */
export type ProbedStream = {
  readonly index: number;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly time_base?: string;
  readonly sample_aspect_ratio?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
  readonly [key: string]: unknown;
};

/** One packet: its time in seconds, and a hash of its bytes. */
export type ProbedPacket = {
  readonly stream_index: number;
  readonly pts_time?: string;
  readonly dts_time?: string;
  readonly flags?: string;
  readonly data_hash?: string;
};

/**
 * What ffprobe says of a file. It can be another ffprobe than that of the build under test.
 */
export type FileFacts = {
  readonly streams: readonly ProbedStream[];
  readonly chapters: readonly { readonly tags?: Readonly<Record<string, string>> }[];
  readonly packets: readonly ProbedPacket[];
};

/** One decoded frame of the video. */
export type ProbedFrame = {
  readonly best_effort_timestamp_time?: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
  readonly color_range?: string;
  readonly color_space?: string;
  readonly color_primaries?: string;
  readonly color_transfer?: string;
  readonly chroma_location?: string;
};

async function ask<T>(ffprobe: string, args: readonly string[]): Promise<T | null> {
  const { stdout } = await runProgram(ffprobe, ['-v', 'quiet', ...args, '-of', 'json']);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    return null;
  }
}

/** Streams, chapters and packets of a file; `null` if ffprobe cannot open it. */
export async function fileFacts(
  ffprobe: string,
  file: string,
  input: readonly string[] = [],
): Promise<FileFacts | null> {
  const facts = await ask<Partial<FileFacts>>(ffprobe, [
    ...input,
    ...['-show_streams', '-show_chapters', '-show_packets', '-show_data_hash', 'md5'],
    `file:${file}`,
  ]);
  if (facts?.streams === undefined || facts.streams.length === 0) return null;
  return { chapters: [], packets: [], ...facts, streams: facts.streams };
}

/** The first frames of stream `index` as they decode, `most` of them or all. */
export async function decodedFrames(
  ffprobe: string,
  file: string,
  index: number,
  most: number,
  input: readonly string[] = [],
): Promise<readonly ProbedFrame[]> {
  // More packets are read than frames are wanted, since some frames may be hidden.
  const interval = most === Infinity ? [] : ['-read_intervals', `%+#${most * 2 + 64}`];
  const answer = await ask<{ frames?: readonly ProbedFrame[] }>(ffprobe, [
    ...input,
    ...['-select_streams', String(index), ...interval, '-show_frames', '-show_entries'],
    'frame=best_effort_timestamp_time,width,height,pix_fmt,color_range,color_space,color_primaries,color_transfer,chroma_location',
    `file:${file}`,
  ]);
  const frames = (answer?.frames ?? []).filter((frame) => frame.pix_fmt !== undefined);
  return frames.slice(0, most);
}
