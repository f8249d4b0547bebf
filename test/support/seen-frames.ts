import { createHash } from 'node:crypto';
import { decodeFrames } from '../../src/media/decode/decode.js';
import type { DecodeReport, DecodeRequest } from '../../src/media/decode/decode-report.js';
import type { Ffmpeg } from '../../src/media/program/ffmpeg.js';
import type { Source } from '../../src/media/source/source.js';

/** Times and hashes of a clip's frames, in order. */
export type Seen = {
  readonly pts: number[];
  readonly md5: string[];
  readonly report: DecodeReport;
};

/** Decodes a clip; returns the time and the hash of each frame, and the decoder's report. */
export async function seenFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  request: DecodeRequest = {},
): Promise<Seen> {
  const decoded = decodeFrames(ffmpeg, source, request);
  const pts: number[] = [];
  const md5: string[] = [];
  for await (const frame of decoded) {
    pts.push(frame.pts);
    md5.push(createHash('md5').update(frame.data).digest('hex'));
    decoded.release(frame);
  }
  return { pts, md5, report: decoded.report() };
}
