import { convolve } from '../autodiff/convolution.js';
import { crop, spaceToDepth } from '../autodiff/shape.js';
import type { Tape, Value } from '../autodiff/tape.js';
import { type Grid, numbered } from '../blocks/block.js';
import { type Block, blockParameters, gridAfter, trainBlocks } from '../blocks/kinds.js';
import { placed, type Placed } from '../language/network.js';

/**
 * A network that tells real pictures from enlarged ones, with a verdict for each place: a model
 * that learns to deceive it learns to make pictures that look real (GAN,
 * https://arxiv.org/abs/1406.2661; by places, PatchGAN, https://arxiv.org/abs/1611.07004).
 */
export type Discriminator = {
  readonly name: string;
  /**
   * The factor, 2 or more, by which the picture is unshuffled first, so that a verdict sees more of
   * it. Of each block of so many samples each way, the mean is taken away.
   */
  readonly unshuffle: number;
  /** The last gives one channel, the verdict on a place: above 0 for a real picture. */
  readonly blocks: readonly Block[];
};

function firstGrid({ unshuffle }: Discriminator, channels: number): Grid {
  return { channels: channels * unshuffle ** 2, density: 1 / unshuffle, lost: 0, side: null };
}

/**
 * By how much detail is multiplied before it is judged, which makes it about as large as what a
 * layer begins well with.
 */
const detailGain = 6;

/**
 * What an unshuffled picture [N, u^2 C, h, w] has beyond the mean of each colour over each block.
 * Enlarged pictures differ from true ones in that alone, and it is small beside the mean: a
 * discriminator that is given both hardly learns (docs/experiments/resnet.md).
 */
function detail(tape: Tape, x: Value, unshuffle: number): Value {
  const places = unshuffle ** 2;
  const channels = x.shape[1]!;
  const colours = channels / places;
  const mix = Float32Array.from({ length: channels ** 2 }, (_, i) => {
    const [to, from] = [Math.floor(i / channels), i % channels];
    if (to % colours !== from % colours) return 0;
    return detailGain * (Number(to === from) - 1 / places);
  });
  const constant = (name: string, shape: readonly number[], values: Float32Array): Value => ({
    name: tape.graph.initializer(name, 'float32', shape, values),
    shape,
  });
  const kernel = constant('detail', [channels, channels, 1, 1], mix);
  return convolve(tape, x, kernel, constant('none', [channels], new Float32Array(channels)));
}

/** Every trainable list for pictures of `channels`, with its place in the weights. */
export function judgingParameters(discriminator: Discriminator, channels: number): Placed[] {
  const grid = firstGrid(discriminator, channels);
  return placed(blockParameters(discriminator.blocks, grid, numbered()));
}

/** Width and height, in samples, of the smallest picture that it can judge. */
export function leastJudged(discriminator: Discriminator): number {
  const { lost } = gridAfter(discriminator.blocks, firstGrid(discriminator, 3));
  return (2 * lost + 1) * discriminator.unshuffle;
}

/**
 * The verdicts [N, 1, h, w] on pictures [N, C, H, W] in 0..1. `lists` are the trainable lists in
 * the order of `judgingParameters`.
 */
export function verdicts(
  tape: Tape,
  { unshuffle, blocks }: Discriminator,
  picture: Value,
  lists: readonly Value[],
): Value {
  const [n, c, h, w] = picture.shape as [number, number, number, number];
  const extents = [n, c, h - (h % unshuffle), w - (w % unshuffle)];
  const whole = crop(tape, picture, [0, 0, 0, 0], extents);
  const judged = detail(tape, spaceToDepth(tape, whole, unshuffle), unshuffle);
  const next = lists[Symbol.iterator]();
  return trainBlocks(tape, blocks, judged, {
    take: () => next.next().value!,
    kernel: (kernel) => kernel,
    result: (value) => value,
    dropout: (value) => value,
  });
}
