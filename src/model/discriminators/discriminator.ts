import { add, multiply } from '../autodiff/pointwise.js';
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
  /** The factor by which the picture is unshuffled first, so that a verdict sees more of it. */
  readonly unshuffle: number;
  /** The last gives one channel, the verdict on a place: above 0 for a real picture. */
  readonly blocks: readonly Block[];
};

function firstGrid({ unshuffle }: Discriminator, channels: number): Grid {
  return { channels: channels * unshuffle ** 2, density: 1 / unshuffle, lost: 0, side: null };
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
  const signed = add(tape, multiply(tape, whole, tape.scalar(2)), tape.scalar(-1));
  const next = lists[Symbol.iterator]();
  return trainBlocks(tape, blocks, spaceToDepth(tape, signed, unshuffle), {
    take: () => next.next().value!,
    kernel: (kernel) => kernel,
    result: (value) => value,
    dropout: (value) => value,
  });
}
