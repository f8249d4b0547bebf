import type { Discriminator } from '../../model/discriminators/discriminator.js';
import type { Network } from '../../model/language/network.js';
import type { CardData } from '../../model/catalogue/card.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import type { Degradation } from '../pictures/degrade.js';
import type { FeatureSource } from '../gradient/feature-source.js';
import type { Loss } from '../gradient/loss.js';
import type { PictureItem } from '../pictures/picture-item.js';
import type { OptimiserName } from '../optimiser/optimisers.js';
import type { Schedule } from '../optimiser/schedule.js';
import { cpu } from '../base/session.js';

/** Everything that determines a training run. Equal plans on equal pictures give equal weights. */
export type TrainPlan = {
  readonly network: Network;
  /** Pictures trained on, and those only validated with. */
  readonly training: readonly PictureItem[];
  readonly validation: readonly PictureItem[];
  /**
   * Pictures that have no influence on the weights; the final weights are measured on them.
   */
  readonly test: readonly PictureItem[];
  readonly degradation: Degradation;
  readonly loss: Loss;
  /** The network whose features are compared; needed where `loss` compares any. */
  readonly features?: FeatureSource;
  /** Learns to tell the network's pictures from true ones; needed where `loss` is adversarial. */
  readonly discriminator?: {
    readonly network: Discriminator;
    /** Its highest learning rate; it is trained with Adam. */
    readonly rate: number;
  };
  readonly schedule: Schedule;
  /** How a step follows from the gradient; Adam if absent. */
  readonly optimiser?: OptimiserName;
  /** The highest learning rate. */
  readonly rate: number;
  /** Patches of a step. */
  readonly batch: number;
  /** Low-resolution samples each way of a patch, context not counted. */
  readonly patch: number;
  readonly steps: number;
  readonly seed: number;
  /**
   * About how many steps the running mean of the weights covers; it is what is validated and
   * written.
   */
  readonly averaged: number;
  /** Steps from one validation and checkpoint to the next. */
  readonly validateEvery: number;
  /** Which weights are written: those of the highest validation PSNR, or the last ones. */
  readonly keep: 'best' | 'last';
  /** Threads that compute gradients. The result does not depend on it. */
  readonly workers: number;
  /**
   * Where gradients are computed; the processor if absent. The result depends on its rounding.
   */
  readonly provider?: ProviderCandidate;
  /** Bytes of pictures held at once; twice this when not all fit. */
  readonly windowBytes: number;
  /**
   * How often each place of a window is drawn, on average, before the next window takes over; 8 if
   * absent.
   */
  readonly drawsPerWindow?: number;
  /**
   * Channels that each convolution is expanded to in training (see `Expansion`); 0 or absent for
   * none.
   */
  readonly expand?: number;
  /** Weights to start from; random ones by the seed if absent. */
  readonly initial?: Float32Array;
  /** Patches that the last dense layer is fitted to before the first step; 0 or absent for none. */
  readonly fit?: number;
  /** The float model that a network with 8-bit layers is a copy of. */
  readonly original?: { readonly name: string; readonly sha256: string };
  /** The model file to write; its folder must exist. */
  readonly out: string;
  /** Replace a model and a card of that name; default false. */
  readonly overwrite?: boolean;
  /** Folder of checkpoint, metrics and curves. */
  readonly workFolder: string;
  /** Goes on from the checkpoint in the work folder. */
  readonly resume: boolean;
  /** The data sets, for the card. */
  readonly trainedOn: readonly CardData[];
  /** The options of the run, for the card. */
  readonly recipe: Readonly<Record<string, unknown>>;
};

/** Default of `TrainPlan.drawsPerWindow`. */
export const drawsPerWindow = 8;

/**
 * Low-resolution samples that one run of the graph works on: with more, the activations no longer
 * fit the cache.
 */
const microBatchSamples = 2400;

/**
 * Patches that dense layers take at once: there are many more weights than samples in a patch, and
 * they are read once for all patches.
 */
const densePatches = 128;

/**
 * How many patches go through the graph at once: a divisor of the batch, near what the cache holds.
 * A GPU takes the whole batch; `dense` networks take many.
 */
export function patchesAtOnce(batch: number, patch: number, provider = cpu, dense = false): number {
  if (provider.name !== 'cpu') return batch;
  const most = dense ? densePatches : Math.max(1, Math.floor(microBatchSamples / (patch * patch)));
  for (let n = Math.min(most, batch); n > 1; n--) if (batch % n === 0) return n;
  return 1;
}
