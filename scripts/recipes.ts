import type { Init } from '../src/training/optimiser/initial-weights.js';
import type { Degradation } from '../src/training/pictures/degrade.js';
import type { Split } from '../src/training/pictures/list-images.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { type DataSet, morePictures, openPictures, researchPictures } from './data-sets.js';

/** What a shipped model is made by; everything else is the same for all. */
export type Recipe = {
  readonly arch: string;
  /** Layers before the last, or residual blocks; the architecture's own number. */
  readonly depth?: number;
  /** Channels of equal layers; the architecture's own number. */
  readonly width?: number;
  /** Share of made-up charts among the pictures; 0. */
  readonly charts?: number;
  readonly scale: number;
  readonly pictures: DataSet;
  readonly steps: number;
  /** The highest learning rate. */
  readonly rate: number;
  readonly batch: number;
  readonly patch: number;
  readonly loss?: TrainPlan['loss'];
  /** By name, where the loss is adversarial; it learns at the network's own highest rate. */
  readonly discriminator?: string;
  readonly degradation?: Degradation;
  /** Parts of the files to train, validate and test with; 95/5/0. */
  readonly split?: Split;
  readonly optimiser?: TrainPlan['optimiser'];
  readonly init?: Init;
  /** Patches that the last dense layer is fitted to before the first step; 0. */
  readonly fit?: number;
  readonly schedule?: TrainPlan['schedule'];
  /** Channels that each layer is expanded to in training; 0. */
  readonly expand?: number;
  /** Each picture is degraded so many times, differently. */
  readonly variants?: number;
  /** Steps that the running mean of the weights covers; 1000. */
  readonly averaged?: number;
  /** The model whose weights it starts from; of several, their mean. */
  readonly from?: string | readonly string[];
  /** The model of the pass ahead: it is trained on what that gives. */
  readonly after?: string;
  /** It is that model's copy with 8-bit layers. */
  readonly int8?: boolean;
  /** Clips trained on beside the pictures, whose frames really are neighbours. */
  readonly footage?: readonly string[];
  /** Its weights follow from how strongly the source is compressed. */
  readonly strength?: boolean;
  /** See `TrainPlan`. */
  readonly windowBytes?: number;
  readonly drawsPerWindow?: number;
  /** Only another one begins with it: it is not shipped, but stays in build/training. */
  readonly inner?: boolean;
};

export const bicubic: Degradation = { kind: 'bicubic', noise: 0, crf: [0, 0] };
const codec: Degradation = {
  kind: 'codec',
  noise: 0,
  crf: [18, 34],
  clean: 0.3,
  // Trained on luma up to 235 only, a network may grey the whites of full-range clips.
  fullRange: 0.15,
};
const small = {
  arch: 'espcn-16',
  scale: 2,
  pictures: openPictures,
  batch: 6,
  patch: 48,
  loss: 'charbonnier',
} as const;

/** Of networks wide enough to need all pictures, and to be trained with each layer expanded. */
const wider = {
  ...small,
  arch: 'espcn-32',
  pictures: morePictures,
  ...{ batch: 4, patch: 40, rate: 1e-3, expand: 128 },
} as const;

/** A patch holds fewer low-resolution samples for as many large ones. */
const tripled = { ...small, depth: 9, scale: 3, batch: 3, patch: 36 } as const;

/** Of the network for compressed sources, which is not trained in one go. */
const compressed = { ...small, depth: 12, degradation: codec, variants: 3, inner: true } as const;

/** All coders, from clean to CRF 35, for a network with a dial. */
const codecs: Degradation = { ...codec, kind: 'codecs', crf: [10, 35], clean: 0.25 };

/** Of networks with a dial for compression. */
const dialled = {
  ...wider,
  degradation: codecs,
  strength: true,
  footage: ['train/open_footage'],
  // Windows that are soon ready and soon changed: each picture is coded anew.
  ...{ windowBytes: 25e6, drawsPerWindow: 3 },
} as const;

/** Of SRCNN, whose layers all work at the large size. */
const enlargedBefore = {
  arch: 'srcnn',
  scale: 2,
  pictures: openPictures,
  loss: 'mse',
  ...{ batch: 4, patch: 20 },
} as const;

/** Of the network after a first pass. */
const second = { ...small, depth: 9, after: 'espcn-16-x2' } as const;

/** Of copies in 8 bits: shorter and with smaller steps, since little is left to learn. */
const copied = { steps: 6000, rate: 2e-4, int8: true } as const;

/** By the models' names. */
export const recipes: Readonly<Record<string, Recipe>> = {
  'espcn-16-lite-x2': { ...small, steps: 60_000, rate: 3e-3 },
  'espcn-16-x2': { ...small, depth: 9, steps: 24_000, rate: 1.5e-3, from: 'espcn-16-lite-x2' },
  // Compression is harder to tell from detail than detail is to enlarge: it gets more layers. What
  // few pictures left uncoded gain on coded ones they lose on clean ones: trainings with few and
  // with many in turn, and means of their weights, end above what either gives.
  'espcn-16-codec-1-x2': {
    ...compressed,
    steps: 26_000,
    rate: 1.5e-3,
    from: 'espcn-16-x2',
  },
  'espcn-16-codec-2-x2': {
    ...compressed,
    steps: 12_000,
    rate: 8e-4,
    degradation: { ...codec, clean: 0.4 },
    from: 'espcn-16-codec-1-x2',
  },
  'espcn-16-codec-3-x2': {
    ...compressed,
    steps: 14_000,
    rate: 1e-3,
    degradation: { ...codec, crf: [23, 33], clean: 0.35 },
    from: ['espcn-16-codec-1-x2', 'espcn-16-codec-2-x2'],
  },
  'espcn-16-codec-4-x2': {
    ...compressed,
    steps: 16_000,
    rate: 1e-3,
    degradation: { ...codec, crf: [24, 33], clean: 0.5 },
    from: 'espcn-16-codec-3-x2',
  },
  'espcn-16-codec-x2': {
    ...compressed,
    inner: false,
    steps: 14_000,
    rate: 1e-3,
    degradation: { ...codec, crf: [24, 32], clean: 0.4 },
    from: ['espcn-16-codec-3-x2', 'espcn-16-codec-4-x2'],
  },
  'espcn-16-codec-int8-x2': {
    ...compressed,
    ...copied,
    inner: false,
    // On compressed pictures a copy needs longer trainings and larger steps than others do
    // (docs/adr/0018).
    steps: 16_000,
    rate: 1e-3,
    degradation: { ...codec, crf: [24, 33], clean: 0.41 },
    from: 'espcn-16-codec-x2',
  },
  // Wider, and of more pictures.
  'espcn-32-x2': { ...wider, steps: 240_000 },
  // One network from clean to CRF 35. What it is before has learnt from clean pictures; slopes
  // begin at 0.
  'espcn-32-strength-1-x2': {
    ...dialled,
    ...{ steps: 5000, rate: 8e-4, inner: true },
    from: 'espcn-32-x2',
  },
  'espcn-32-strength-x2': {
    ...dialled,
    ...{ steps: 15_000, rate: 6e-4 },
    from: 'espcn-32-strength-1-x2',
  },
  'espcn-16-x3': { ...tripled, steps: 6000, averaged: 400, rate: 2e-3, from: 'espcn-16-x2' },
  'espcn-16-lite-int8-x2': { ...small, ...copied, from: 'espcn-16-lite-x2' },
  'espcn-16-int8-x2': {
    ...small,
    ...copied,
    depth: 9,
    // With larger steps it goes further from what the original makes of pictures unlike these,
    // drawings above all.
    rate: 1.5e-4,
    from: 'espcn-16-x2',
  },
  // All of its layers are rounded, its ends too (docs/adr/0020): more to learn than for other
  // copies.
  'espcn-32-int8-x2': {
    ...wider,
    ...copied,
    // With larger steps drawings lose.
    ...{ steps: 20_000, rate: 2e-4 },
    from: 'espcn-32-x2',
  },
  'espcn-16-int8-x3': { ...tripled, ...copied, from: 'espcn-16-x3' },
  // For the passes after the first, whose pictures are larger than sharp.
  'espcn-16-second-x2': {
    ...second,
    steps: 36_000,
    rate: 1.5e-3,
    from: 'espcn-16-x2',
  },
  'espcn-16-second-int8-x2': { ...second, ...copied, rate: 1.5e-4, from: 'espcn-16-second-x2' },
  'espcn-x2': { ...small, arch: 'espcn', batch: 16, patch: 20, steps: 60_000, rate: 2e-3 },
  'espcn-58k-x2': {
    ...small,
    arch: 'espcn-58k',
    batch: 12,
    patch: 24,
    steps: 20_000,
    rate: 1.2e-3,
    from: 'espcn-x2',
  },
  // A perceptron on patches of luma, and no convolution.
  'research/patch-mlp-x1.5': {
    ...{ arch: 'patch-mlp', scale: 1.5, pictures: openPictures, loss: 'mse' },
    ...{ batch: 128, patch: 10, steps: 100, rate: 1e-5, averaged: 40, fit: 60_000 },
    ...{ optimiser: 'rmsprop', init: { kind: 'xavier' }, schedule: 'exponential' },
    split: { training: 75, validation: 12.5, test: 12.5 },
  },
  // The same on pictures enlarged bicubically before, which it makes sharper and cleaner.
  'research/patch-clean': {
    ...{ arch: 'patch-mlp', scale: 1, pictures: openPictures, loss: 'mse' },
    ...{ after: 'bicubic@1.5', degradation: { ...bicubic, noise: 3 } },
    ...{ batch: 128, patch: 15, steps: 100, rate: 1e-5, averaged: 40, fit: 60_000 },
    ...{ optimiser: 'rmsprop', init: { kind: 'xavier' }, schedule: 'exponential' },
    split: { training: 75, validation: 12.5, test: 12.5 },
  },
  // RGB enlarged bicubically before: a large network's cost, since all of it is at the large size.
  // Without a skip it takes long to settle: a second, shorter course from where the first ended.
  'research/srcnn-1-x2': { ...enlargedBefore, steps: 8000, rate: 1e-3, charts: 0.1, inner: true },
  'research/srcnn-x2': {
    ...enlargedBefore,
    ...{ steps: 2400, averaged: 400, rate: 5e-4, charts: 0.15 },
    from: 'research/srcnn-1-x2',
  },
  // Its reach is 23 samples: a small patch would be mostly context.
  'resnet-x4': {
    ...{ arch: 'resnet', scale: 4, pictures: morePictures, charts: 0.1, loss: 'charbonnier' },
    ...{ width: 48, batch: 4, patch: 32, steps: 20_000, rate: 5e-4 },
  },
  // The same network, taught by what pictures look like as well.
  'resnet-looks-x4': {
    ...{ arch: 'resnet', scale: 4, pictures: morePictures, charts: 0.1, from: 'resnet-x4' },
    loss: [
      { name: 'charbonnier', weight: 1 },
      { name: 'perceptual', weight: 0.02 },
      { name: 'texture', weight: 1e-3 },
      { name: 'adversarial', weight: 1e-3 },
    ],
    ...{ width: 48, batch: 4, patch: 32, steps: 6000, rate: 1e-4, discriminator: 'patches' },
  },
  'research/espcn-16-x2': {
    ...small,
    pictures: researchPictures,
    batch: 12,
    patch: 32,
    steps: 60_000,
    rate: 3e-3,
  },
};
