import type { Activation } from '../blocks/activation.js';
import type { Network } from '../language/network.js';

/** What an architecture can be varied by. */
export type NetworkOptions = {
  /** Layers or blocks of equal width. */
  readonly depth?: number;
  /** Channels, or values of dense layers, of equal layers. */
  readonly width?: number;
  /** Activation of all layers but the last. */
  readonly activation?: Exclude<Activation, 'none'>;
  /** Share of values left out at random while dense layers learn. */
  readonly dropout?: number;
  /** Source samples each way of the patches that a network of dense layers takes. */
  readonly patch?: number;
};

/** A shape of network, for the scales that it can be built for. */
export type Architecture = {
  readonly name: string;
  readonly scales: readonly number[];
  /** The options that change it, and what they are unless told otherwise. */
  readonly defaults: NetworkOptions;
  readonly build: (
    scale: number,
    options: Required<NetworkOptions>,
  ) => Omit<Network, 'arch' | 'scale'>;
};
