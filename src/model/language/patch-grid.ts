import { ratioOf } from './ratio.js';

/**
 * How a network that takes patches of one size covers a picture: they overlap, blended by a
 * Gaussian.
 */
export type Patches = {
  /** Source samples each way of a patch. */
  readonly size: number;
  /** Source samples from one patch to the next; at most the size, which leaves no overlap. */
  readonly step: number;
};

/**
 * Patches of a picture taken out and put together again, as two convolutions with fixed kernels:
 * so the whole picture is one graph, which runs tile by tile like any other.
 */
export type PatchGrid = {
  /** Source samples from one patch to the next, and those each way of a patch. */
  readonly step: number;
  readonly size: number;
  /** The same at the target size. */
  readonly largeStep: number;
  readonly large: number;
  /**
   * [channels size^2, 1, size, size], in groups by channel: each sample of a patch becomes a
   * channel.
   */
  readonly units: Float32Array;
  /**
   * [channels large^2, 1, large, large], in groups by channel, for a transposed convolution: each
   * sample of a patch times its share of the sum at its place.
   */
  readonly window: Float32Array;
  /** Large samples before the picture and after it, that context has made. */
  readonly before: number;
  readonly after: number;
};

/** Deviation of the Gaussian, as a share of the patch: small enough that borders hardly count. */
const deviation = 0.2;

/**
 * Source samples that the patches around a place see each side of it: whole blocks of the scale's
 * denominator.
 */
export function patchReach({ size }: Patches, scale: number): number {
  const { den } = ratioOf(scale);
  return Math.ceil(size / den) * den;
}

/** Takes patches out of a picture of `channels` with `patchReach` samples around it. */
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

/** Kernels [channels side^2, 1, side, side]: each holds `value` at its own sample alone. */
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
 * What each sample along a side counts for: with those of all patches over the same place it adds
 * up to 1.
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
