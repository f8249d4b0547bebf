import { readFile } from 'node:fs/promises';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source } from '../source/source.js';
import { stepOfJpeg } from './quantiser-steps.js';
import { meanQuantiserStep } from './read-quantiser.js';
import { strengthOfBits, strengthOfStep, type Strength } from './strength.js';

/** How strongly a source is compressed, and how that is known. */
export type Compression = {
  readonly strength: Strength;
  /** Whether a network for compressed sources serves it better than one for clean ones. */
  readonly isCompressed: boolean;
  /** For people, e.g. `quantiser step 11.3`. */
  readonly by: string;
};

/**
 * Codecs that smooth the edges of their blocks themselves. What others leave behind is far more
 * visible at as coarse a quantiser.
 */
const smoothing: readonly string[] = ['h264', 'hevc', 'vvc', 'vp8', 'vp9', 'av1', 'theora', 'vc1'];

/**
 * Where networks for compressed sources begin to be better
 * (docs/adr/0028-which-network-by-quantiser.md): by strength for codecs that smooth; by the step,
 * in grey levels, for others; and by strength where only the bits are known of those.
 */
export const COMPRESSED_FROM = 0.3;
const compressedFromStep = 1.1;
const compressedFromBits = 0.2;

/**
 * What JPEG needs on top of what its step tells: as the mean of the lowest frequencies it says
 * nothing of those that are cut off (docs/adr/0028-which-network-by-quantiser.md).
 */
const jpegAdds = 0.3;

/** A lossy clip that does not say its rate is far more often a small one than a mezzanine. */
const strengthUnknown = 0.5;

/** Bits a pixel of the source's video stream; `null` where size, rate or length are unknown. */
export function bitsPerPixel(source: Source): number | null {
  const { video } = source;
  const seconds = video.duration ?? source.duration;
  // Matroska and WebM state no rate: all that is in the file is at least what the video takes.
  const whole = seconds === null || seconds <= 0 ? null : (source.sizeBytes * 8) / seconds;
  const bitRate = video.bitRate ?? whole;
  if (bitRate === null || video.frameRate === null) return null;
  const framesPerSecond = video.frameRate.num / video.frameRate.den;
  return bitRate / (framesPerSecond * video.width * video.height);
}

/** What is true of a source that was not compressed, or only without loss. */
export const lossless: Compression = { strength: 0, isCompressed: false, by: 'lossless' };

/** To three places: the same from one ffmpeg to another, and in sidecars easy to read. */
function rounded(strength: Strength): Strength {
  return Math.round(strength * 1000) / 1000;
}

function ofStep(step: number, codec: string): Compression {
  const strength = rounded(Math.min(1, strengthOfStep(step) + (codec === 'mjpeg' ? jpegAdds : 0)));
  const isCompressed = smoothing.includes(codec)
    ? strength >= COMPRESSED_FROM
    : step >= compressedFromStep;
  return { strength, isCompressed, by: `quantiser step ${step.toFixed(1)}` };
}

/**
 * How strongly a clip is compressed: by its quantiser where ffmpeg gives it, otherwise by its bits.
 */
export async function compressionOfClip(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<Compression> {
  if (source.video.lossless) return lossless;
  const step = await meanQuantiserStep(ffmpeg, source, signal);
  return step === null ? compressionByBits(source) : ofStep(step, source.video.codec);
}

/** The same by bits alone. */
export function compressionByBits(source: Source): Compression {
  const bits = bitsPerPixel(source);
  if (bits === null) {
    return { strength: strengthUnknown, isCompressed: true, by: 'bit rate unknown' };
  }
  const { codec } = source.video;
  const strength = rounded(strengthOfBits(codec, bits));
  const from = smoothing.includes(codec) ? COMPRESSED_FROM : compressedFromBits;
  return { strength, isCompressed: strength >= from, by: `${bits.toFixed(2)} bits a pixel` };
}

/** How strongly a picture is compressed: JPEG by its tables; other formats count as lossless. */
export async function compressionOfStill(file: string): Promise<Compression> {
  const step = stepOfJpeg(await readFile(file));
  return step === null ? lossless : ofStep(step, 'mjpeg');
}
