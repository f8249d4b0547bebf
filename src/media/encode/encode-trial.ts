import path from 'node:path';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { encoderAccess } from './encode-command.js';
import type { OutputPlan } from '../output/output-plan.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import type { Source } from '../source/source.js';

/** What decoding and encoding a few frames cost. */
export type EncodeTrial = {
  /** CPU seconds per frame. */
  readonly secondsPerFrame: number;
  /** Bytes per frame that is no key frame. */
  readonly bytesPerFrame: number;
  /** Bytes per key frame. */
  readonly bytesPerKey: number;
};

/** Frames that are encoded at each place: few, because the user waits for the result. */
const framesAtOnce = 3;

/** The clip and output to try. */
export type TrialRequest = { readonly source: Source; readonly outputPlan: OutputPlan };

/** If the larger picture has more luma samples than this (1080p), only a part of it is tried. */
const largeSamples = 1920 * 1088;

/**
 * The part of the picture that is tried: all of it or, since that takes a quarter of the time, the
 * middle of half its width and height.
 */
function triedPart({ codedWidth, codedHeight }: OutputPlan) {
  const share = codedWidth * codedHeight > largeSamples ? 2 : 1;
  const even = (extent: number): number => (share === 1 ? extent : 2 * Math.round(extent / 4));
  return { share, width: even(codedWidth), height: even(codedHeight) };
}

type Packet = { readonly bytes: number; readonly isKey: boolean };
type Run = { readonly seconds: number; readonly packets: readonly Packet[] };

/**
 * Encodes a few frames from `time` on, in seconds after the clip's beginning; `null` where that
 * fails.
 */
async function encodeAt(
  ffmpeg: Ffmpeg,
  { source, outputPlan }: TrialRequest,
  time: number,
  file: string,
  signal: AbortSignal,
): Promise<Run | null> {
  const access = encoderAccess(outputPlan);
  const { share, width, height } = triedPart(outputPlan);
  const size = `crop=iw/${share}:ih/${share},scale=${width}:${height}:flags=bicubic`;
  const args = [
    ...[
      ...access.device,
      '-loglevel',
      'info',
      '-benchmark',
      '-nostdin',
      '-nostats',
      '-noautorotate',
      '-y',
    ],
    // Starts at the key frame before: decoding exactly up to a time takes longer than all the rest.
    ...['-noaccurate_seek', '-ss', time.toFixed(3), ...safeInputOptions],
    ...['-i', fileUrl(source.path), '-map', `0:${source.video.index}`, '-an', '-sn', '-dn'],
    ...['-frames:v', String(framesAtOnce)],
    ...['-vf', access.filter === null ? size : `${size},${access.filter}`],
    ...[...outputPlan.encoderArgs, ...access.format, fileUrl(file)],
  ];
  const run = await runProcess(ffmpeg.ffmpeg, args, { signal });
  const used = run.stderrTail.map((line) => /utime=([\d.]+)s(?: stime=([\d.]+)s)?/.exec(line));
  const bench = used.findLast((match) => match !== null);
  if (run.code !== 0 || bench == null) return null;
  const shown = ['-v', 'error', '-show_entries', 'packet=size,flags', '-of', 'csv=p=0', file];
  const { stdout } = await runProcess(ffmpeg.ffprobe, shown, { signal });
  const packets = stdout
    .trim()
    .split('\n')
    .map((line) => ({ bytes: Number(line.split(',')[0]), isKey: /K/.test(line) }))
    .filter(({ bytes }) => bytes > 0);
  return { seconds: Number(bench[1]) + Number(bench[2] ?? 0), packets };
}

/**
 * Decodes a few frames at each of `times` (seconds after the clip's beginning), enlarges them with
 * ffmpeg's bicubic and encodes them as the job will; `null` where that fails.
 */
export async function encodeTrial(
  ffmpeg: Ffmpeg,
  request: TrialRequest,
  times: readonly number[],
  signal: AbortSignal,
): Promise<EncodeTrial | null> {
  await using folder = await temporaryFolder('preview');
  // All at once: each starts two processes, and mostly waits for them to start.
  const tried = times.map((time, i) =>
    encodeAt(ffmpeg, request, time, path.join(folder.path, `${i}.mkv`), signal),
  );
  const ended = await Promise.allSettled(tried);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const runs = ended.flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []));
  const packets = runs.flatMap((run) => run.packets);
  if (packets.length === 0) return null;
  const mean = (all: readonly Packet[]): number =>
    all.reduce((sum, { bytes }) => sum + bytes, 0) / all.length;
  const keys = packets.filter(({ isKey }) => isKey);
  const rest = packets.filter(({ isKey }) => !isKey);
  const bytesPerKey = mean(keys.length > 0 ? keys : packets);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const { codedWidth, codedHeight } = request.outputPlan;
  const { width, height } = triedPart(request.outputPlan);
  const whole = (codedWidth * codedHeight) / (width * height);
  return {
    secondsPerFrame: (whole * seconds) / packets.length,
    bytesPerFrame: whole * (rest.length > 0 ? mean(rest) : bytesPerKey),
    bytesPerKey: whole * bytesPerKey,
  };
}
