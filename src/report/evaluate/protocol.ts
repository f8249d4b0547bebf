import path from 'node:path';
import type { Degradation } from '../../training/pictures/degrade.js';

/** What is measured: luma, or red, green and blue together. */
export const protocols = ['y', 'rgb'] as const;
export type Protocol = (typeof protocols)[number];

/** What pictures can be compared by besides their samples. */
export const distances = ['features'] as const;
export type Distance = (typeof distances)[number];

/** How the small input was made, in words. */
const made: Readonly<Record<Degradation['kind'], (crf: number) => string>> = {
  bicubic: () => 'antialiased bicubic (a = -0.5)',
  blur: () => 'a Gaussian blur and every scale-th sample',
  codec: (crf) => `antialiased bicubic (a = -0.5), then x264 at CRF ${crf}`,
  codecs: (crf) => `antialiased bicubic (a = -0.5), then any coder as coarse as x264 at CRF ${crf}`,
};

/** What is measured, in words. */
const compared: Readonly<Record<Protocol, string>> = {
  y: 'Y (of pictures BT.601 in 16 to 235, of clips their own)',
  rgb: 'R, G and B together (mean squared error over the three channels, 8 bits; SSIM and MAE the mean of theirs; PSNR Y of the same pictures by BT.601)',
};

/** What the feature distance is measured on, in words. */
const looked: Readonly<Record<Protocol, string>> = {
  y: 'of luma as grey, of clips in colour',
  rgb: 'in colour',
};

/** What was measured, and how. */
export type Measured = {
  readonly scale: number;
  /** Samples cut on every side. */
  readonly border: number;
  readonly degradation: Degradation;
  readonly protocol: Protocol;
  /** Left out where samples alone are compared. */
  readonly distance?: Distance | undefined;
  /** The file of the classification network; left out where there is none. */
  readonly classifier?: string | undefined;
};

/** The protocol of a table in one line. Figures of different protocols cannot be compared. */
export function protocolOf(measured: Measured): string {
  const { scale, border, degradation, protocol, distance, classifier } = measured;
  const { kind, noise, crf } = degradation;
  const noisy = noise > 0 ? ` and noise of deviation ${noise}` : '';
  const features =
    distance === undefined
      ? ''
      : ` features: how far the fire outputs of SqueezeNet 1.0 are apart, ${looked[protocol]}, unweighted (not LPIPS); lower is closer.`;
  const classes =
    classifier === undefined
      ? ''
      : ` same class: share of pictures whose likeliest class by ${path.basename(classifier)} is the true picture's, ${looked[protocol].split(',')[0]}.`;
  return `Protocol: ${compared[protocol]}, ${border} samples cut from each border, ${scale}x smaller by ${made[kind](crf[0])}${noisy}; bicubic, as all else, from the small input.${features}${classes}`;
}
