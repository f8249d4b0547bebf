import { createInterface } from 'node:readline';
import { VsrError } from '../../errors.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import { rawInputOptions } from './raw-input.js';
import type { Source } from './source.js';

/** One packet of a stream; times in ticks of the stream, `null` where it has none. */
export type Packet = {
  readonly pts: number | null;
  readonly dts: number | null;
  readonly key: boolean;
  /** Whether it is decoded but not shown, because an edit list begins after it. */
  readonly discard: boolean;
  /** In bytes. */
  readonly size: number;
};

/** Parses a line such as `pts=…|dts=…|size=…|flags=K__`; `null` for another line. */
export function parsePacket(line: string): Packet | null {
  const fields = new Map(
    line.split('|').map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)] as const;
    }),
  );
  const size = Number(fields.get('size'));
  const flags = fields.get('flags');
  if (flags === undefined || !Number.isFinite(size)) return null;
  const ticks = (key: string): number | null => {
    const value = fields.get(key);
    return value === undefined || value === 'N/A' ? null : Number(value);
  };
  return {
    pts: ticks('pts'),
    dts: ticks('dts'),
    key: flags.includes('K'),
    discard: flags.includes('D'),
    size,
  };
}

/**
 * The packets of stream `index` (default: the video) in the order of the file, without decoding. In
 * a damaged source they may end early, which the decoder will report. Throws
 * `VsrError('interrupted')` once `signal` fires, `VsrError('media')` if ffprobe is killed.
 */
export async function* packetsOf(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
  index: number = source.video.index,
): AsyncGenerator<Packet> {
  const raw = source.raw === null ? [] : ['-f', 'rawvideo', ...rawInputOptions(source.raw)];
  const args = [
    ...['-v', 'error', ...safeInputOptions, ...raw, '-select_streams', String(index)],
    ...['-show_packets', '-show_entries', 'packet=pts,dts,size,flags'],
    ...['-of', 'compact=p=0', fileUrl(source.path)],
  ];
  const child = startProcess(ffmpeg.ffprobe, args, { signal });
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
      const packet = parsePacket(line);
      if (packet !== null) yield packet;
    }
    const end = await child.done;
    throwIfAborted(signal);
    if (end.signal !== null) {
      throw new VsrError(
        'media',
        `ffprobe was ended (${end.signal}) while reading ${source.path}.`,
      );
    }
  } finally {
    await child.kill();
  }
}

/** The timestamps, in ticks and ascending, of the video's key frames that are shown. */
export async function keyframes(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<{ readonly pts: number }[]> {
  const found: { readonly pts: number }[] = [];
  for await (const packet of packetsOf(ffmpeg, source, signal)) {
    if (packet.key && !packet.discard && packet.pts !== null) found.push({ pts: packet.pts });
  }
  return found.sort((a, b) => a.pts - b.pts);
}
