import type { Activation } from '../blocks/activation.js';
import type { Network } from '../language/network.js';

/** The options that change an architecture. */
export type NetworkOptions = {
  /** Number of layers or blocks of equal width. */
  readonly depth?: number;
  /**
   * Channels of a convolution or values of a dense layer; the architecture says of which layers.
   */
  readonly width?: number;
  /** Activation of all layers but the last. */
  readonly activation?: Exclude<Activation, 'none'>;
  /** Share of values, from 0 to below 1, dropped at random while dense layers learn. */
  readonly dropout?: number;
  /** Width and height, in source samples, of the patches that a network of dense layers takes. */
  readonly patch?: number;
};

/** A shape of network, for the scales that it can be built for. */
export type Architecture = {
  readonly name: string;
  readonly scales: readonly number[];
  /** The options that change it, with their default values. */
  readonly defaults: NetworkOptions;
  readonly build: (
    scale: number,
    options: Required<NetworkOptions>,
  ) => Omit<Network, 'arch' | 'scale'>;
};
