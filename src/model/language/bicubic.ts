import { cubic } from '../../planes/resize.js';
import { bicubicLoss } from './network.js';
import { ratioOf } from './ratio.js';

/**
 * Bicubic enlargement as a convolution with a fixed kernel, between an unshuffle and a shuffle.
 */
export type BicubicKernel = {
  /** Factor by which the picture is unshuffled before the convolution; 1 for whole scales. */
  readonly unshuffle: number;
  readonly shuffle: number;
  /** [channels shuffle^2, channels unshuffle^2, size, size] */
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
};

/**
 * The bicubic enlargement (Keys' kernel with a = -0.5) of a picture of `channels` by `scale`,
 * without padding.
 */
export function bicubicKernel(channels: number, scale: number): BicubicKernel {
  const { num: shuffle, den: unshuffle } = ratioOf(scale);
  const radius = bicubicLoss(scale) / unshuffle;
  const size = 2 * radius + 1;
  const shape = [channels * shuffle ** 2, channels * unshuffle ** 2, size, size] as const;
  const values = new Float32Array(shape[0] * shape[1] * size * size);
  /**
   * Along one axis: the weight of sample `from` of the source block that lies `place` - `radius`
   * blocks further on, in result `to` of a block.
   */
  const weight = (to: number, place: number, from: number): number => {
    const centre = ((to + 0.5) * unshuffle) / shuffle - 0.5;
    return cubic((place - radius) * unshuffle + from - centre);
  };
  // In both orders of channels, the place within the block varies slowest.
  for (let o = 0; o < shape[0]; o++) {
    const [toY, toX] = placeOf(Math.floor(o / channels), shuffle);
    for (let i = o % channels; i < shape[1]; i += channels) {
      const [fromY, fromX] = placeOf(Math.floor(i / channels), unshuffle);
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const at = ((o * shape[1] + i) * size + y) * size + x;
          values[at] = weight(toY, y, fromY) * weight(toX, x, fromX);
        }
      }
    }
  }
  return { unshuffle, shuffle, shape, values };
}

function placeOf(index: number, size: number): [number, number] {
  return [Math.floor(index / size), index % size];
}
