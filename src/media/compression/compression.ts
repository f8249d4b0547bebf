import { readFile } from 'node:fs/promises';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source } from '../source/source.js';
import { stepOfJpeg } from './quantiser-steps.js';
import { meanQuantiserStep } from './read-quantiser.js';
import { strengthOfBits, strengthOfFields, strengthOfStep, type Strength } from './strength.js';

/** How strongly a source is compressed, and how that is known. */
export type Compression = {
  readonly strength: Strength;
  /** Whether a network for compressed sources gives a better result than one for clean sources. */
  readonly isCompressed: boolean;
  /** What it was estimated from, for people, such as `quantiser step 11.3`. */
  readonly by: string;
  /** Set where a deinterlacer's errors count as well. */
  readonly isDeinterlaced?: true;
};

/**
 * Codecs with a deblocking filter. At an equally coarse quantiser, the blocks of other codecs are
 * far more visible.
 */
const deblocking: readonly string[] = ['h264', 'hevc', 'vvc', 'vp8', 'vp9', 'av1', 'theora', 'vc1'];

/**
 * From here on networks for compressed sources are better: the strength, for codecs with a
 * deblocking filter; for others the quantiser step in grey levels, or the strength where only the
 * bit rate is known (docs/adr/0028-which-network-by-quantiser.md).
 */
export const COMPRESSED_FROM = 0.3;
const compressedFromStep = 1.1;
const compressedFromBits = 0.2;

/**
 * Added to the strength that follows from a JPEG's step. The step is the mean of the lowest
 * frequencies, and says nothing about the higher ones that are quantised away
 * (docs/adr/0028-which-network-by-quantiser.md).
 */
const jpegAdds = 0.3;

/** Assumed of a lossy clip of unknown bit rate, which is seldom a lightly compressed master. */
const strengthUnknown = 0.5;

/** Bits per pixel of the source's video stream; `null` where rates or length are unknown. */
export function bitsPerPixel(source: Source): number | null {
  const { video } = source;
  const seconds = video.duration ?? source.duration;
  // Matroska and WebM state no bit rate. That of the whole file is an upper limit.
  const whole = seconds === null || seconds <= 0 ? null : (source.sizeBytes * 8) / seconds;
  const bitRate = video.bitRate ?? whole;
  if (bitRate === null || video.frameRate === null) return null;
  const framesPerSecond = video.frameRate.num / video.frameRate.den;
  return bitRate / (framesPerSecond * video.width * video.height);
}

/** The compression of a source that was not compressed, or only without loss. */
export const lossless: Compression = { strength: 0, isCompressed: false, by: 'lossless' };

/**
 * The compression of a clip whose fields are made whole frames. Networks for clean sources sharpen
 * what the deinterlacer got wrong, so none of them runs (docs/adr/0035-networks-and-fields.md).
 */
export function ofDeinterlaced({ strength, by }: Compression): Compression {
  const more = rounded(strengthOfFields(strength));
  return { strength: more, isCompressed: true, by, isDeinterlaced: true };
}

/** Three decimal places: the same with every ffmpeg, and easy to read in sidecars. */
function rounded(strength: Strength): Strength {
  return Math.round(strength * 1000) / 1000;
}

function ofStep(step: number, codec: string): Compression {
  const strength = rounded(Math.min(1, strengthOfStep(step) + (codec === 'mjpeg' ? jpegAdds : 0)));
  const isCompressed = deblocking.includes(codec)
    ? strength >= COMPRESSED_FROM
    : step >= compressedFromStep;
  return { strength, isCompressed, by: `quantiser step ${step.toFixed(1)}` };
}

/**
 * Estimates how strongly a clip is compressed: from its quantiser where ffmpeg tells it, otherwise
 * from its bit rate. Stops once `signal` fires.
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

/** Estimates how strongly a clip is compressed from its bit rate alone. */
export function compressionByBits(source: Source): Compression {
  const bits = bitsPerPixel(source);
  if (bits === null) {
    return { strength: strengthUnknown, isCompressed: true, by: 'bit rate unknown' };
  }
  const { codec } = source.video;
  const strength = rounded(strengthOfBits(codec, bits));
  const from = deblocking.includes(codec) ? COMPRESSED_FROM : compressedFromBits;
  return { strength, isCompressed: strength >= from, by: `${bits.toFixed(2)} bits a pixel` };
}

/**
 * Estimates how strongly a picture is compressed: from the quantiser tables of a JPEG; other
 * formats count as lossless. Throws the file system's errors.
 */
export async function compressionOfStill(file: string): Promise<Compression> {
  const step = stepOfJpeg(await readFile(file));
  return step === null ? lossless : ofStep(step, 'mjpeg');
}
