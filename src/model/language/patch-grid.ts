import { ratioOf } from './ratio.js';

/**
 * How patches of one size cover a picture: they overlap, and where they do, are averaged with
 * Gaussian weights.
 */
export type Patches = {
  /** Width and height of a patch in source samples. */
  readonly size: number;
  /** Source samples from one patch to the next; at most the size, which leaves no overlap. */
  readonly step: number;
};

/**
 * Two convolutions with fixed kernels that cut a picture into patches and put them together again:
 * so the network is one graph from picture to picture, which runs tile by tile like any other.
 */
export type PatchGrid = {
  /** Source samples from one patch to the next, and the width and height of a patch in them. */
  readonly step: number;
  readonly size: number;
  /** Both in samples of the enlarged picture. */
  readonly largeStep: number;
  readonly large: number;
  /**
   * Kernel of a convolution grouped by channel, [channels size^2, 1, size, size]: each sample of a
   * patch becomes a channel.
   */
  readonly units: Float32Array;
  /**
   * Kernel of a transposed convolution grouped by channel, [channels large^2, 1, large, large]:
   * each sample of a patch is weighted with its share of the sum at its place.
   */
  readonly window: Float32Array;
  /** Samples that come from context, before and after the enlarged picture, to be cut off. */
  readonly before: number;
  readonly after: number;
};

/**
 * Standard deviation of the Gaussian as a share of the patch, so small that borders hardly count.
 */
const deviation = 0.2;

/**
 * Source samples that the patches over a place read on each side of it, in whole blocks of the
 * denominator of the scale.
 */
export function patchReach({ size }: Patches, scale: number): number {
  const { den } = ratioOf(scale);
  return Math.ceil(size / den) * den;
}

/** The kernels for a picture of `channels` with `patchReach` samples of context around it. */
export function patchGrid(patches: Patches, channels: number, scale: number): PatchGrid {
  const { size, step } = patches;
  const [large, largeStep] = [size * scale, step * scale];
  const shares = sharesAlong(large, largeStep);
  const reach = patchReach(patches, scale);
  // Patches begin `reach` samples before the picture and go on for as long as whole ones fit.
  const last = Math.floor((2 * reach - size) / step) * step;
  return {
    ...{ size, step, large, largeStep },
    units: eachSample(channels, size, () => 1),
    window: eachSample(channels, large, (y, x) => shares[y]! * shares[x]!),
    before: reach * scale,
    after: (last + size - reach) * scale,
  };
}

/** Kernels [channels side^2, 1, side, side], each 0 but for `value` at its own sample. */
function eachSample(
  channels: number,
  side: number,
  value: (y: number, x: number) => number,
): Float32Array {
  const area = side * side;
  const kernels = new Float32Array(channels * area * area);
  for (let i = 0; i < channels * area; i++) {
    const place = i % area;
    kernels[i * area + place] = value(Math.floor(place / side), place % side);
  }
  return kernels;
}

/**
 * The share of each sample along one side of a patch. The shares of all patches at the same place
 * add up to 1.
 */
function sharesAlong(side: number, step: number): number[] {
  const weights = Array.from({ length: side }, (_, i) => {
    const distance = (i + 0.5 - side / 2) / (deviation * side);
    return Math.exp(-(distance ** 2) / 2);
  });
  return weights.map((weight, i) => {
    let sum = 0;
    for (let k = i % step; k < side; k += step) sum += weights[k]!;
    return weight / sum;
  });
}
