import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { openEncoder } from '../../src/media/encode/encode.js';
import {
  planOutput,
  type OutputPlan,
  type OutputRequest,
} from '../../src/media/output/output-plan.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import type { Source } from '../../src/media/source/source.js';
import { joinChecked } from './join-checked.js';
import { noise } from './noise.js';

/** The ffmpeg in use and, where that is another one, the embedded build. */
export async function builds(found: Ffmpeg): Promise<Ffmpeg[]> {
  const [{ default: ffmpeg }, { default: ffprobe }] = await Promise.all([
    import('@ffmpeg-installer/ffmpeg'),
    import('@ffprobe-installer/ffprobe'),
  ]);
  // npm may have skipped the scripts that make them executable; vsr itself does so only for the one
  // that it uses.
  await Promise.all([chmod(ffmpeg.path, 0o755), chmod(ffprobe.path, 0o755)]);
  const embedded = await locateFfmpeg({ ffmpeg: ffmpeg.path, ffprobe: ffprobe.path });
  return found.ffmpeg === embedded.ffmpeg ? [found] : [found, embedded];
}

/** What ffprobe says of a packet. */
export type Packet = { stream_index: number; pts?: number; dts?: number; pts_time?: string };

/** The packets of the streams that `stream` selects. */
export async function packets(file: string, stream: string): Promise<Packet[]> {
  const { ffprobe } = await locateFfmpeg();
  const { stdout } = await promisify(execFile)(
    ffprobe,
    [
      ...['-v', 'error', '-of', 'json', '-select_streams', stream],
      ...['-show_entries', 'packet=pts,dts,pts_time', file],
    ],
    { maxBuffer: 1 << 26 },
  );
  return (JSON.parse(stdout) as { packets: Packet[] }).packets;
}

/** The times of a clip's frames in display order, in ticks of the stream. */
export async function ptsOf(file: string): Promise<number[]> {
  return (await packets(file, 'V:0')).map(({ pts }) => pts!).sort((a, b) => a - b);
}

/**
 * Encodes one frame of noise for each of `times` (in ticks of the source's video), in segments of
 * `perSegment` frames whose files lie in `folder`, and joins and verifies the output.
 */
export async function produceIn(
  folder: string,
  ffmpeg: Ffmpeg,
  source: Source,
  request: Partial<OutputRequest> & { output: string },
  times: readonly number[],
  perSegment: number,
): Promise<OutputPlan> {
  const { width, height } = source.video;
  const plan = await planOutput(ffmpeg, source, { codec: 'auto', width, height, ...request });
  const files: string[] = [];
  for (let from = 0; from < times.length; from += perSegment) {
    const file = path.join(folder, `segment-${files.length}.part`);
    const encoder = openEncoder(ffmpeg, plan, file);
    for (const [i, pts] of times.slice(from, from + perSegment).entries()) {
      await encoder.write({ index: from + i, pts, data: noise(plan, from + i) });
    }
    await encoder.finish();
    files.push(file);
  }
  const made = { files, frames: times.length, firstPts: Math.min(...times) };
  await joinChecked(ffmpeg, { source, plan, output: request.output, ...made });
  return plan;
}
