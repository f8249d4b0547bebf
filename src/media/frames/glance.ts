import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Source } from '../source/source.js';

/** A small grey picture of a frame. */
export type GreyGlance = {
  /** Time of the frame, in ticks of the source's time base. */
  readonly pts: number;
  /** One byte per sample, rows top to bottom, without padding. */
  readonly grey: Uint8Array;
};

/** The frame to look at, and the size of the picture. */
export type GlanceRequest = {
  /** On the source's clock. */
  readonly seconds: number;
  /** The frame at that time, or the key frame before it, which is decoded much faster. */
  readonly which: 'key' | 'exact';
  /** Samples of the small picture. */
  readonly width: number;
  readonly height: number;
  readonly signal: AbortSignal;
};

/** Decodes one frame, and no more than that needs; `null` where none can be decoded. */
export async function glanceAt(
  ffmpeg: Ffmpeg,
  { path, video }: Source,
  { seconds, which, width, height, signal }: GlanceRequest,
): Promise<GreyGlance | null> {
  let pts: number | null = null;
  const child = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-loglevel', 'info', '-nostdin', '-nostats', '-noautorotate', '-copyts', '-threads', '1'],
      ...['-seek_timestamp', '1', ...(which === 'key' ? ['-noaccurate_seek'] : [])],
      ...['-ss', seconds.toFixed(6)],
      ...[...safeInputOptions, '-i', fileUrl(path), '-map', `0:${video.index}`],
      ...['-vf', `showinfo=checksum=0,scale=${width}:${height}:flags=area,format=gray`],
      ...['-frames:v', '1', '-f', 'rawvideo', 'pipe:1'],
    ],
    {
      signal,
      onStderrLine: (line) => {
        const found = /showinfo.* pts: *(-?\d+)/.exec(line);
        if (found !== null) pts ??= Number(found[1]);
      },
    },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await child.done;
  const grey = Buffer.concat(chunks);
  return pts === null || grey.length < width * height ? null : { pts, grey };
}
