import os from 'node:os';
import type { Tell } from '../../events.js';
import type { Activation } from '../../model/blocks/activation.js';
import type { ProviderName } from '../../model/runtime/providers.js';
import type { Loss } from '../../training/gradient/loss.js';
import type { Init } from '../../training/optimiser/initial-weights.js';
import type { OptimiserName } from '../../training/optimiser/optimisers.js';
import type { Schedule } from '../../training/optimiser/schedule.js';
import type { Degradation } from '../../training/pictures/degrade.js';
import type { TrainingResult } from './run-training.js';

/** The settings of a training run. */
export type TrainSettings = {
  /** Folders, pictures and clips; `<place>@0.5` halves its pictures first. */
  readonly data: readonly string[];
  /** Pictures to validate with, instead of a part of `data`. */
  readonly val?: readonly string[];
  /** Parts of the files for training, validation and the test. */
  readonly split: readonly [training: number, validation: number, test: number];
  /** Shares of its size to which each training picture is also reduced. */
  readonly alsoReduced: readonly number[];
  /** Pass over pictures with a side of fewer samples. */
  readonly minSide?: number;
  /**
   * Take the largest square in the middle of each picture, reduced to this many samples each way.
   */
  readonly square?: number;
  /** The model to write, ending in .onnx; its card lies beside it. */
  readonly out: string;
  /** Folder of checkpoint, metrics and curves. Default: `<out>.train`. */
  readonly work?: string;
  /** Architecture of the network, by name. */
  readonly arch: string;
  /** Enlargement each way, one that the architecture can be built for. */
  readonly scale: number;
  /** Layers before the last, or residual blocks. Default: that of the architecture. */
  readonly depth?: number;
  /** Channels of equal layers. Default: that of the architecture. */
  readonly width?: number;
  /** Share of the values of dense layers that is left out at random in training. */
  readonly dropout: number;
  /** Activation of all layers but the last. */
  readonly activation: Exclude<Activation, 'none'>;
  /** Train weights that depend on how strongly the source is compressed. */
  readonly dial?: boolean;
  /** Train each layer as two with this many channels between them; 0 for none. */
  readonly expand: number;
  /** A model of the same architecture to start from, also with fewer layers. */
  readonly from?: string;
  /** Train the 8-bit copy of `from`. */
  readonly int8?: boolean;
  /** How the low resolution is made. */
  readonly degrade: Degradation['kind'];
  /**
   * Lowest and highest CRF of x264 for `codec`; for `codecs`, equally coarse settings of each
   * encoder.
   */
  readonly crf: readonly [lowest: number, highest: number];
  /** Share of the pictures that `codec` or `codecs` leaves uncoded. */
  readonly clean: number;
  /** Share of the pictures that `codecs` makes of deinterlaced fields. */
  readonly fields: number;
  /** Share of the pictures whose luma is stretched to 0 to 255. */
  readonly fullRange: number;
  /** Standard deviation of Gaussian noise added, in sample values. */
  readonly noise: number;
  /** Train on what this model makes of a smaller picture: for the second of chained passes. */
  readonly after?: string;
  /** What is minimised. */
  readonly loss: Loss;
  /**
   * The feature network of losses that compare features, an ONNX file; the one that ships if left
   * out.
   */
  readonly features?: string;
  /**
   * The outputs of the feature network that are compared. Default: all, if the file is the user's
   * own.
   */
  readonly featureOutputs?: readonly string[];
  /** The network that judges for the adversarial loss, by name. Default: `patches`. */
  readonly discriminator?: string;
  /** The discriminator's highest learning rate. Default: 1e-4. */
  readonly discriminatorLr?: number;
  /** How the learning rate changes in the course of the run. */
  readonly schedule: Schedule;
  /** Method that turns gradients into steps. */
  readonly optimiser: OptimiserName;
  /** Random weights to start from. */
  readonly init: Init;
  /**
   * Patches that the last dense layer is fitted to by least squares before the first step; 0 for
   * none.
   */
  readonly fit: number;
  /** Highest learning rate. */
  readonly lr: number;
  /** Patches per step. */
  readonly batch: number;
  /** Low-resolution samples each way of a patch. Default: 40, or that of the architecture. */
  readonly patch?: number;
  /** Number of steps. */
  readonly steps: number;
  /** Steps over which the weights are averaged; 1 for none. */
  readonly average: number;
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Steps between validations, each with a checkpoint. */
  readonly valEvery: number;
  /** Which weights are written: the best on validation, or the last. */
  readonly keep: 'best' | 'last';
  /** Where gradients are computed. */
  readonly provider: ProviderName;
  /** GPU number, from 0. */
  readonly device: number;
  /** Threads; the result does not depend on it. */
  readonly workers: number;
  /** Memory for pictures, in megabytes; twice as much is used if not all fit. */
  readonly memory: number;
  /**
   * Share of the training pictures that are synthetic charts of flat colours and ramps. Default:
   * 0.1 for RGB, otherwise 0.
   */
  readonly charts?: number;
  /** The licence of the data, for the card. */
  readonly licence?: string;
  /** Go on from the checkpoint in the work folder. */
  readonly resume?: boolean;
  /** Replace an existing model, its card, and what an earlier run left. */
  readonly overwrite?: boolean;
};

/** Default of the discriminator's highest learning rate. */
export const usualDiscriminatorRate = 1e-4;

/** Defaults of a training. */
export const trainDefaults = {
  split: [75, 20, 5],
  alsoReduced: [],
  arch: 'espcn-16',
  scale: 2,
  dropout: 0,
  activation: 'relu',
  expand: 0,
  degrade: 'bicubic',
  crf: [18, 32],
  clean: 0,
  fields: 0,
  fullRange: 0.25,
  noise: 0,
  loss: 'mse',
  schedule: 'one-cycle',
  optimiser: 'adam',
  init: { kind: 'he' },
  fit: 0,
  lr: 2e-3,
  batch: 8,
  steps: 20_000,
  average: 1000,
  seed: 1,
  valEvery: 1000,
  keep: 'best',
  provider: 'cpu',
  device: 0,
  workers: os.availableParallelism(),
  memory: 160,
} as const satisfies Partial<TrainSettings>;

/** Options of a training; `trainDefaults` fill in what is left out. */
export type TrainOptions = Pick<TrainSettings, 'data' | 'out'> &
  Partial<TrainSettings> & {
    /** Stops it after writing a checkpoint; it then fails with code `interrupted`. */
    readonly signal?: AbortSignal;
    /** Called with events: its progress, the files that were skipped, and its result. */
    readonly tell?: Tell<TrainingResult>;
  };
