import { VsrError } from '../errors.js';
import type { Ffmpeg } from './ffmpeg.js';
import type { OutputPlan } from './output-plan.js';
import { runProcess } from './process.js';
import { fileUrl, safeInputOptions } from './command.js';

/** What a finished file must hold. */
export type ExpectedOutput = {
  /** Frames of the enlarged video. */
  readonly frames: number;
  readonly plan: OutputPlan;
};

type ProbedStream = {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly nb_read_packets?: string;
};

/**
 * Reads the finished file and throws `VsrError('media')` if it is not what the plan says: frames,
 * picture size, codec, number of streams.
 */
export async function verifyOutput(
  ffmpeg: Ffmpeg,
  output: string,
  { frames, plan }: ExpectedOutput,
): Promise<void> {
  const args = [
    ...['-v', 'error', ...safeInputOptions, '-count_packets', '-print_format', 'json'],
    ...['-show_streams', fileUrl(output)],
  ];
  const { code, stdout, stderrTail } = await runProcess(ffmpeg.ffprobe, args);
  if (code !== 0) {
    throw new VsrError('media', `The finished file cannot be read back: ${stderrTail.join(' ')}`);
  }
  const streams = (JSON.parse(stdout) as { streams?: ProbedStream[] }).streams ?? [];
  const video = streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition?.['attached_pic'] !== 1,
  );
  const fail = (what: string, expected: unknown, came: unknown): never => {
    throw new VsrError(
      'media',
      `Expected the finished file to have ${what} ${String(expected)} but it has ${String(came)}. Please report this with the command and the clip.`,
    );
  };
  if (video === undefined) return fail('a video stream,', 'one', 'none');
  const packets = Number(video.nb_read_packets);
  if (packets !== frames) fail('a frame count of', frames, packets);
  const size = `${video.width}x${video.height}`;
  const wanted = `${plan.codedWidth}x${plan.codedHeight}`;
  if (size !== wanted) fail('a picture of', wanted, size);
  if (video.codec_name !== plan.codec) fail('the codec', plan.codec, video.codec_name);
  const kept = plan.streams.filter(({ action }) => action !== 'drop').length;
  if (streams.length < kept) fail('this many streams:', kept, streams.length);
}
