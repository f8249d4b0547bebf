import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { VsrError } from '../../errors.js';
import type { Plane } from '../../planes/plane.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import { locateFfmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';

const endings: readonly string[] = ['.mp4', '.mkv', '.mov', '.y4m'];

/** Whether a file among training pictures is a clip, by its name. */
export function isFootageName(name: string): boolean {
  return endings.includes(path.extname(name).toLowerCase());
}

/**
 * The first `most` frames of a short clip: their 8-bit luma as stored. Throws VsrError `media`
 * where the clip cannot be decoded.
 */
export async function lumaFrames(file: string, most: number): Promise<Plane[]> {
  const { ffmpeg } = await locateFfmpeg();
  const child = startProcess(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-threads', '1', ...safeInputOptions, '-i', fileUrl(file)],
    ...['-map', '0:v:0', '-frames:v', `${most}`, '-pix_fmt', 'yuv420p'],
    ...['-f', 'yuv4mpegpipe', 'pipe:1'],
  ]);
  const bytes = await buffer(child.stdout);
  const { code, stderrTail } = await child.done;
  const headerEnd = bytes.indexOf(0x0a) + 1;
  const [, across, down] = / W(\d+) H(\d+)/.exec(bytes.toString('latin1', 0, headerEnd)) ?? [];
  if (code !== 0 || across === undefined) {
    throw new VsrError('media', `Cannot read ${file}: ${stderrTail.at(-1) ?? 'no frame in it'}.`);
  }
  const [width, height] = [Number(across), Number(down)];
  const area = width * height;
  const chroma = 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  const mark = 'FRAME\n'.length;
  const frames: Plane[] = [];
  for (let at = headerEnd; at + mark + area <= bytes.length; at += mark + area + chroma) {
    const data = new Uint8Array(bytes.subarray(at + mark, at + mark + area));
    frames.push({ data, width, height });
  }
  return frames;
}
