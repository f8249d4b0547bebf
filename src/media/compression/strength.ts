/**
 * How strongly a source is compressed: 0 for not at all, 1 for as strongly as x264 does at CRF 35
 * and above. Networks with a dial are trained, and run, at such a strength.
 */
export type Strength = number;

/** Steps, in grey levels, at which strength is 0 and 1: QP 10 and 40 of H.264. */
const [finest, coarsest] = [2, 64];

function within(value: number): Strength {
  return Math.min(1, Math.max(0, value));
}

/** The strength of a mean quantiser step, in grey levels (see `QuantiserSteps`). */
export function strengthOfStep(step: number): Strength {
  return within(Math.log2(step / finest) / Math.log2(coarsest / finest));
}

/**
 * Bits of H.264 that are as good as one of the codec's. Roughly: what the quantiser tells is better
 * where ffmpeg gives it.
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

/** Of codecs not listed: most are older than H.264. */
const unlisted = 0.5;

/**
 * The strength that a codec needs for so few bits a pixel: a line through what x264 takes at CRF 12
 * to 28 (docs/adr/0006-codec-model-threshold.md).
 */
export function strengthOfBits(codec: string, bitsPerPixel: number): Strength {
  const bits = bitsPerPixel * (efficiencies[codec] ?? unlisted);
  return within(-0.042 - 0.198 * Math.log2(bits));
}
