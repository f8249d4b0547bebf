import type { Degradation } from '../../training/pictures/degrade.js';

/** How the small input was made, in words. */
const made: Readonly<Record<Degradation['kind'], (crf: number) => string>> = {
  bicubic: () => 'antialiased bicubic (a = -0.5)',
  blur: () => 'a Gaussian blur and every scale-th sample',
  codec: (crf) => `antialiased bicubic (a = -0.5), then x264 at CRF ${crf}`,
  codecs: (crf) => `antialiased bicubic (a = -0.5), then any coder as coarse as x264 at CRF ${crf}`,
};

/** What figures were measured on, and how. */
export type Measured = {
  readonly scale: number;
  /** Samples cut on every side. */
  readonly border: number;
  readonly degradation: Degradation;
};

/** The protocol of a table in one line: figures of another one cannot be compared with these. */
export function protocolOf({ scale, border, degradation }: Measured): string {
  const { kind, noise, crf } = degradation;
  const noisy = noise > 0 ? ` and noise of deviation ${noise}` : '';
  return `Protocol: Y (of pictures BT.601 in 16 to 235, of clips their own), ${border} samples cut from each border, ${scale}x smaller by ${made[kind](crf[0])}${noisy}; bicubic, as all else, from the small input.`;
}
