import { LARGEST_CODE } from '../autodiff/eight-bit-codes.js';
import { layersOf, plainLayers } from '../language/layers.js';
import type { Network } from '../language/network.js';

/** The step of an 8-bit picture, for samples in 0..1. */
export const PICTURE_STEP = 1 / LARGEST_CODE;

/**
 * The zero point of what the layers add to the picture: its code for 0, since it may be negative.
 */
export const RESIDUAL_ZERO = 128;

/** Least number of channels with which the first and last layers are better in 8 bits, too. */
const wide = 32;

/**
 * Whether the 8-bit copy of a network has coarse ends: 8-bit weights in the first and the last
 * layer as well, so that 8-bit pictures can be computed in 8 bits from end to end. So have 2x
 * networks with a skip of repeated samples whose layers are all 3x3, with at least 32 channels, in
 * multiples of 16. With float ends, these would take half of the time; in narrower networks they
 * take less and matter more for the picture (docs/adr/0020-eight-bits-from-end-to-end.md).
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
 * The end, exclusive and counted from 0, of the layers that compute in 8 bits; they begin with
 * layer 1. The last layer stays float, or has a form of its own (`hasCoarseEnds`). In narrow
 * networks of more than four layers the one before it stays float, too: rounding shows most there,
 * and in float it takes 4 % more time and leaves a quarter of the loss
 * (docs/adr/0018-nine-layers-in-eight-bits.md).
 */
export function coarseEnd(network: Network): number {
  const layers = plainLayers(network);
  return layers.length - (layers.length > 4 && !hasCoarseEnds(network) ? 2 : 1);
}
