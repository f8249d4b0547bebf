import type { Init } from '../src/training/optimiser/initial-weights.js';
import type { Degradation } from '../src/training/pictures/degrade.js';
import type { Split } from '../src/training/pictures/list-images.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import type { DataSet } from './data-sets.js';

/** How a shipped model is trained; what is not named here is the same for all. */
export type Recipe = {
  readonly arch: string;
  /** Layers before the last, or residual blocks; default: the architecture's number. */
  readonly depth?: number;
  /** Channels of equal layers; default: the architecture's number. */
  readonly width?: number;
  /** Share of synthetic charts among the pictures; default: 0. */
  readonly charts?: number;
  readonly scale: number;
  readonly pictures: DataSet;
  readonly steps: number;
  /** The highest learning rate. */
  readonly rate: number;
  /** Patches per step. */
  readonly batch: number;
  /** Side of a patch in low-resolution samples. */
  readonly patch: number;
  readonly loss?: TrainPlan['loss'];
  /** Outputs of the shipped feature network that losses compare; default: fire2 and fire5. */
  readonly features?: readonly string[];
  /** Where the loss is adversarial: the discriminator's name and its own highest rate. */
  readonly discriminator?: { readonly name: string; readonly rate: number };
  /** Files below ../shared/data that are not trained on, so that the result is measured on them. */
  readonly held?: readonly string[];
  /** Whether it is measured on five pictures of people (people.ts) besides Set5 and Set14. */
  readonly people?: boolean;
  readonly degradation?: Degradation;
  /** Shares of the files to train, validate and test with; default: 95/5/0. */
  readonly split?: Split;
  readonly optimiser?: TrainPlan['optimiser'];
  readonly init?: Init;
  /** Patches that the last dense layer is fitted to before the first step; default: 0. */
  readonly fit?: number;
  readonly schedule?: TrainPlan['schedule'];
  /** Channels that each layer is expanded to in training; default: 0, not expanded. */
  readonly expand?: number;
  /** How many times each picture is taken, degraded differently each time; default: 1. */
  readonly variants?: number;
  /** Steps that the running mean of the weights covers; default: 1000. */
  readonly averaged?: number;
  /** The model whose weights it starts from; with several, it starts from their mean. */
  readonly from?: string | readonly string[];
  /** The model of the first pass, on whose output this one is trained. */
  readonly after?: string;
  /** Whether it is a copy of the model `from` with 8-bit layers. */
  readonly int8?: boolean;
  /** Folders of clips to train on besides the pictures, below ../shared/data. */
  readonly footage?: readonly string[];
  /** Whether it has a dial: its weights depend on how strongly the source is compressed. */
  readonly strength?: boolean;
  /** See `TrainPlan`. */
  readonly windowBytes?: number;
  readonly drawsPerWindow?: number;
  /** Whether it is not shipped but stays in build/training. */
  readonly inner?: boolean;
};
