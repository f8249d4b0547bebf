import { LARGEST_CODE } from '../autodiff/eight-bit-codes.js';
import { layersOf, plainLayers } from '../language/layers.js';
import type { Network } from '../language/network.js';

/** What one code of an 8-bit picture means, of samples in 0..1. */
export const PICTURE_STEP = 1 / LARGEST_CODE;

/**
 * The code of 0 in what the layers add to the picture, where that is rounded to whole steps: it may
 * be negative.
 */
export const RESIDUAL_ZERO = 128;

/** Channels from which the ends of a network are better in 8 bits, too. */
const wide = 32;

/**
 * Whether all layers of an 8-bit copy have weights of 8 bits, the first and the last too, so that
 * for 8-bit pictures everything can be computed in 8 bits: 2x networks with a skip whose 3x3 layers
 * have 32 channels or more, in sixteens. There the float ends would take half of the time; in
 * narrower ones they take less and matter more (docs/adr/0020-eight-bits-from-end-to-end.md).
 */
export function hasCoarseEnds(network: Network): boolean {
  const { scale, before, skip } = network;
  const layers = layersOf(network) ?? [];
  const inner = layers.slice(0, -1);
  return (
    scale === 2 &&
    before === 'nothing' &&
    skip === 'repeated' &&
    layers.length > 2 &&
    layers.every(({ kernel }) => kernel === 3) &&
    inner.every(({ activation }) => activation === 'relu') &&
    inner.every(({ outputs }) => outputs >= wide && outputs % 16 === 0)
  );
}

/**
 * The layer, counted from 0, before which those that compute in 8 bits end; they begin with layer
 * 1. The last stays float, or has a form of its own (`hasCoarseEnds`). In narrow networks of more
 * than four layers the one before it stays float, too: what is rounded there stands in the picture,
 * and it takes 4 % more time for a quarter of the loss
 * (docs/adr/0018-nine-layers-in-eight-bits.md).
 */
export function coarseEnd(network: Network): number {
  const layers = plainLayers(network);
  return layers.length - (layers.length > 4 && !hasCoarseEnds(network) ? 2 : 1);
}
