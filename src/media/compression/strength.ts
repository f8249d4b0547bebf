/**
 * How strongly a source is compressed: 0 is not at all, 1 is as by x264 at CRF 35 or more. Networks
 * with a dial are trained at, and set to, such strengths.
 */
export type Strength = number;

/** The quantiser steps, in grey levels, of strength 0 and 1: those of H.264's QP 10 and 40. */
const [finest, coarsest] = [2, 64];

function clamped(value: number): Strength {
  return Math.min(1, Math.max(0, value));
}

/** The strength of a mean quantiser step, in grey levels (see `QuantiserSteps`). */
export function strengthOfStep(step: number): Strength {
  return clamped(Math.log2(step / finest) / Math.log2(coarsest / finest));
}

/** The strength of a deinterlacer's errors alone, which have to be smoothed as well. */
const ofFields = 0.3;

/**
 * The strength of a source whose fields a deinterlacer makes whole frames of. Its errors and those
 * of compression are independent, so their squares add up (docs/adr/0035-networks-and-fields.md).
 */
export function strengthOfFields(strength: Strength): Strength {
  return clamped(Math.hypot(strength, ofFields));
}

/**
 * How many bits of H.264 one bit of a codec is worth. These are rough: the quantiser is a better
 * measure where ffmpeg tells it.
 */
const efficiencies: Readonly<Record<string, number>> = {
  h264: 1,
  hevc: 1.5,
  vp9: 1.4,
  av1: 1.8,
  vp8: 0.8,
  mpeg4: 0.6,
  mpeg2video: 0.5,
  mpeg1video: 0.4,
  mjpeg: 0.2,
  dvvideo: 0.12,
};

/** The same for codecs that are not listed, most of which are older than H.264. */
const unlisted = 0.5;

/**
 * The strength of compression by `codec` at a given number of bits per pixel. The formula is a line
 * fitted to what x264 needs at CRF 12 to 28 (docs/adr/0006-codec-model-threshold.md).
 */
export function strengthOfBits(codec: string, bitsPerPixel: number): Strength {
  const bits = bitsPerPixel * (efficiencies[codec] ?? unlisted);
  return clamped(-0.042 - 0.198 * Math.log2(bits));
}
