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

/** Everything a training run is told. */
export type TrainSettings = {
  /** Folders, pictures and clips; `<place>@0.5` halves its pictures first. */
  readonly data: readonly string[];
  /** Pictures to validate with, instead of a part of `data`. */
  readonly val?: readonly string[];
  /** Files to train, validate and test with, in parts. */
  readonly split: readonly [training: number, validation: number, test: number];
  /** Each training picture again at these shares of its size. */
  readonly alsoReduced: readonly number[];
  /** Pass over pictures with a side of fewer samples. */
  readonly minSide?: number;
  /** Of each picture the largest square in its middle, reduced to this many samples each way. */
  readonly square?: number;
  /** The model to write, ending in .onnx; its card lies beside it. */
  readonly out: string;
  /** Folder of checkpoint, metrics and curves. */
  readonly work?: string;
  /** Shape of the network, by name. */
  readonly arch: string;
  /** Enlargement each way, one that the shape can be built for. */
  readonly scale: number;
  /** Layers before the last, or residual blocks; default of the shape if left out. */
  readonly depth?: number;
  /** Channels of equal layers; default of the shape if left out. */
  readonly width?: number;
  /** Of the values of dense layers, the share left out at random while they learn. */
  readonly dropout: number;
  /** Of all layers but the last. */
  readonly activation: Exclude<Activation, 'none'>;
  /** Weights that follow from how strongly the source is compressed. */
  readonly dial?: boolean;
  /** Train each layer as two with this many channels between them; 0 for none. */
  readonly expand: number;
  /** A model of the same shape to start from, or one with fewer layers. */
  readonly from?: string;
  /** Train the 8-bit copy of `from`. */
  readonly int8?: boolean;
  /** How the low resolution is made. */
  readonly degrade: Degradation['kind'];
  /** Lowest and highest quality of x264 for `codec`; for `codecs` as coarse by any coder. */
  readonly crf: readonly [lowest: number, highest: number];
  /** Share of the pictures that `codec` or `codecs` leaves uncoded. */
  readonly clean: number;
  /** Share of the pictures whose luma is stretched to 0 to 255. */
  readonly fullRange: number;
  /** Deviation of Gaussian noise added, in sample values. */
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
  /** The outputs of it that are compared; of a file of one's own all of them if left out. */
  readonly featureOutputs?: readonly string[];
  /** What the adversarial loss is judged by, by name; `patches` if left out. */
  readonly discriminator?: string;
  /** Its highest learning rate; 1e-4 if left out. */
  readonly discriminatorLr?: number;
  /** Course of the learning rate. */
  readonly schedule: Schedule;
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
  /** Patches a step. */
  readonly batch: number;
  /** Low-resolution samples each way of a patch; 40, or the shape's own, if left out. */
  readonly patch?: number;
  readonly steps: number;
  /** Steps that the running mean of the weights covers; 1 for none. */
  readonly average: number;
  /** Seed of all that is random. */
  readonly seed: number;
  /** Steps from one validation and checkpoint to the next. */
  readonly valEvery: number;
  /** Weights written: best on validation, or last. */
  readonly keep: 'best' | 'last';
  /** Where gradients are computed. */
  readonly provider: ProviderName;
  /** GPU number, from 0. */
  readonly device: number;
  /** Threads; the result does not depend on it. */
  readonly workers: number;
  /** Megabytes of pictures held in memory; twice this when not all fit. */
  readonly memory: number;
  /**
   * Share, of all training pictures, of charts of flat colours and ramps that are made up; for RGB
   * 0.1 and otherwise 0 if left out.
   */
  readonly charts?: number;
  /** The licence of the data, for the card. */
  readonly licence?: string;
  /** Go on from the checkpoint in the work folder. */
  readonly resume?: boolean;
  /** Replace an existing model, its card, and what an earlier run left. */
  readonly overwrite?: boolean;
};

/** The discriminator's highest learning rate unless told otherwise. */
export const usualDiscriminatorRate = 1e-4;

/** What stands where a training is not told otherwise. */
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

/** What a training run may be told; `trainDefaults` stand for what is left out. */
export type TrainOptions = Pick<TrainSettings, 'data' | 'out'> &
  Partial<TrainSettings> & {
    /** Stops it after writing a checkpoint; it then fails with code `interrupted`. */
    readonly signal?: AbortSignal;
    /** Told how far it is, which files were passed over, and what came of it. */
    readonly tell?: Tell<TrainingResult>;
  };
