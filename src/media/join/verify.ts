import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { OutputPlan } from '../output/output-plan.js';
import { defaultStallMs, runProcess } from '../program/process.js';
import { buildArguments, fileUrl, safeInputOptions } from '../program/command.js';

/** What a finished file must hold. */
export type ExpectedOutput = {
  /** Frames of the enlarged video. */
  readonly frames: number;
  readonly plan: OutputPlan;
  /** Milliseconds after which an ffprobe that does nothing is given up. */
  readonly stallTimeoutMs?: number;
};

type ProbedStream = {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly nb_read_packets?: string;
};

/**
 * Reads the finished file and throws `VsrError('media')` if it is not what the plan says: frames,
 * picture size, codec, number of streams.
 */
export async function verifyOutput(
  ffmpeg: Ffmpeg,
  output: string,
  { frames, plan, stallTimeoutMs = defaultStallMs }: ExpectedOutput,
): Promise<void> {
  const args = [
    ...['-v', 'error', ...safeInputOptions, '-count_packets', '-print_format', 'json'],
    ...['-show_streams', fileUrl(output)],
  ];
  const { code, signal, stdout, stderrTail } = await runProcess(ffmpeg.ffprobe, args, {
    stallTimeoutMs,
  });
  // The embedded ffprobe of 2018 crashes on every MPEG-TS that names its programme; ffmpeg does
  // not.
  if (signal === 'SIGSEGV') return verifyByCopy(ffmpeg, output, frames);
  if (code !== 0) {
    throw new VsrError('media', `The finished file cannot be read back: ${stderrTail.join(' ')}`);
  }
  const streams = (JSON.parse(stdout) as { streams?: ProbedStream[] }).streams ?? [];
  // Other video streams may stand before the enlarged one.
  const written = plan.streams.filter(({ action }) => action !== 'drop' && action !== 'attach');
  const video = streams[written.findIndex(({ action }) => action === 'encode')];
  if (video?.codec_type !== 'video') throw mismatch('a video stream,', 'one', 'none');
  const packets = Number(video.nb_read_packets);
  if (packets !== frames) throw mismatch('a frame count of', frames, packets);
  const size = `${video.width}x${video.height}`;
  const wanted = `${plan.codedWidth}x${plan.codedHeight}`;
  if (size !== wanted) throw mismatch('a picture of', wanted, size);
  if (video.codec_name !== plan.codec) throw mismatch('the codec', plan.codec, video.codec_name);
  const kept = plan.streams.filter(({ action }) => action !== 'drop').length;
  if (streams.length < kept) throw mismatch('this many streams:', kept, streams.length);
}

/** Counts the packets of the first video stream as ffmpeg copies them. */
async function verifyByCopy(ffmpeg: Ffmpeg, output: string, frames: number): Promise<void> {
  const args = await buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: output }],
    outputs: [
      { path: 'pipe:1', format: 'framecrc', options: ['-map', '0:v:0', '-c', 'copy', '-copyts'] },
    ],
  });
  const { stdout } = await runProcess(ffmpeg.ffmpeg, args);
  const packets = stdout.split('\n').filter((line) => /^\d/.test(line)).length;
  if (packets !== frames) throw mismatch('a frame count of', frames, packets);
}

function mismatch(what: string, expected: unknown, came: unknown): VsrError {
  return new VsrError(
    'media',
    `Expected the finished file to have ${what} ${String(expected)} but it has ${String(came)}. Please report this with the command and the clip.`,
  );
}
