import type { Degradation } from '../src/training/pictures/degrade.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { morePictures, openPictures, researchPictures } from './data-sets.js';
import type { Recipe } from './recipe.js';

export const bicubic: Degradation = { kind: 'bicubic', noise: 0, crf: [0, 0] };
const codec: Degradation = {
  kind: 'codec',
  noise: 0,
  crf: [18, 34],
  clean: 0.3,
  // A network trained only on luma up to 235 may turn the whites of full-range clips grey.
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

/** For networks wide enough to need all pictures and to be trained with each layer expanded. */
const wider = {
  ...small,
  arch: 'espcn-32',
  pictures: morePictures,
  ...{ batch: 4, patch: 40, rate: 1e-3, expand: 128 },
} as const;

/** For 3x: smaller patches, since each low-resolution sample stands for more large ones. */
const tripled = { ...small, depth: 9, scale: 3, batch: 3, patch: 36 } as const;

/** For the network for compressed sources, which is trained in several runs. */
const compressed = { ...small, depth: 12, degradation: codec, variants: 3, inner: true } as const;

/** All coders, from clean to CRF 35, for a network with a dial. */
const codecs: Degradation = { ...codec, kind: 'codecs', crf: [10, 35], clean: 0.25 };

/** For networks with a dial for compression. */
const dialled = {
  ...wider,
  degradation: codecs,
  strength: true,
  footage: ['train/open_footage'],
  // Small windows that are soon replaced: a picture is encoded anew in each.
  ...{ windowBytes: 25e6, drawsPerWindow: 3 },
} as const;

/** For SRCNN, whose layers all work at the large size. */
const enlargedBefore = {
  arch: 'srcnn',
  scale: 2,
  pictures: openPictures,
  loss: 'mse',
  ...{ batch: 4, patch: 20 },
} as const;

/**
 * For residual blocks on RGB. Their reach is 23 samples: of a small patch most would be context.
 */
const residual = {
  arch: 'resnet',
  scale: 4,
  pictures: morePictures,
  loss: 'charbonnier',
  optimiser: 'muon',
  ...{ charts: 0.1, width: 32, batch: 4, patch: 32, people: true },
} as const;

/** Pictures of people that `resnet-looks-x4` is not trained on, and can be measured on. */
const heldPeople = [
  'train/open_photos/cid22_4934193.webp',
  'train/open_photos/cid22_pexels-photo-1933873.webp',
  'train/open_photos/cid22_pexels-photo-3193731.webp',
  'train/open_photos/cid22_pexels-photo-3586798.webp',
  'train/open_photos/cid22_pexels-photo-7266811.webp',
];

/** For residual blocks that learn how pictures look. */
const looks = {
  ...residual,
  // The last of those that see every 4th and every 8th sample.
  features: ['fire4', 'fire8'],
  discriminator: { name: 'patches', rate: 3e-4 },
  held: heldPeople,
  optimiser: 'adam',
  ...{ batch: 2, patch: 24, windowBytes: 80e6 },
} as const;

function looksLoss(features: number, adversarial: number): TrainPlan['loss'] {
  return [
    { name: 'charbonnier', weight: 1 },
    { name: 'features', weight: features },
    { name: 'texture', weight: 1e-7 },
    { name: 'adversarial', weight: adversarial },
  ];
}

/** For the network that runs after a first pass. */
const second = { ...small, depth: 9, after: 'espcn-16-x2' } as const;

/** For 8-bit copies: few steps at a low rate, since little is left to learn. */
const copied = { steps: 6000, rate: 2e-4, int8: true } as const;

/** All recipes, by the name of the model. */
export const recipes: Readonly<Record<string, Recipe>> = {
  'espcn-16-lite-x2': { ...small, steps: 60_000, rate: 3e-3 },
  'espcn-16-x2': { ...small, depth: 9, steps: 24_000, rate: 1.5e-3, from: 'espcn-16-lite-x2' },
  // To tell compression from detail is harder than to enlarge detail, so this network has more
  // layers. With few clean pictures it gains on compressed ones and loses on clean ones: training
  // with few and with many in turn, and averaging the weights, ends better than either alone.
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
    // On compressed pictures an 8-bit copy needs more steps at a higher rate than other copies
    // (docs/adr/0018).
    steps: 16_000,
    rate: 1e-3,
    degradation: { ...codec, crf: [24, 33], clean: 0.41 },
    from: 'espcn-16-codec-x2',
  },
  // Wider, and trained on more pictures.
  'espcn-32-x2': { ...wider, steps: 240_000 },
  // Two more layers, which begin as the identity.
  'espcn-32-deep-x2': { ...wider, depth: 7, steps: 90_000, rate: 1e-3, from: 'espcn-32-x2' },
  // One network for everything from clean to CRF 35. It starts as the network for clean pictures:
  // its weights' slopes by strength are 0.
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
  // For what deinterlacers make of fields. Trained on that alone it loses where little moves: the
  // mean with the weights that it started from does not, and a few steps let it settle.
  'espcn-32-fields-1-x2': {
    ...dialled,
    degradation: { ...codecs, fields: 1 },
    ...{ steps: 12_000, rate: 6e-4, inner: true },
    from: 'espcn-32-strength-x2',
  },
  'espcn-32-fields-x2': {
    ...dialled,
    degradation: { ...codecs, fields: 0.35 },
    ...{ steps: 600, rate: 2e-5, averaged: 600 },
    from: ['espcn-32-strength-x2', 'espcn-32-fields-1-x2'],
  },
  'espcn-32-fields-int8-x2': {
    ...dialled,
    ...copied,
    degradation: { ...codecs, fields: 0.35 },
    ...{ steps: 7000, rate: 1.5e-4 },
    from: 'espcn-32-fields-x2',
  },
  'espcn-16-x3': { ...tripled, steps: 6000, averaged: 400, rate: 2e-3, from: 'espcn-16-x2' },
  'espcn-16-lite-int8-x2': { ...small, ...copied, from: 'espcn-16-lite-x2' },
  'espcn-16-int8-x2': {
    ...small,
    ...copied,
    depth: 9,
    // At a higher rate it departs further from its original on pictures unlike these, drawings
    // above all.
    rate: 1.5e-4,
    from: 'espcn-16-x2',
  },
  // All of its layers are in 8 bits, also the first and the last (docs/adr/0020), so that it has
  // more to learn than other copies.
  'espcn-32-int8-x2': {
    ...wider,
    ...copied,
    // At a higher rate it loses on drawings.
    ...{ steps: 20_000, rate: 2e-4 },
    from: 'espcn-32-x2',
  },
  'espcn-16-int8-x3': { ...tripled, ...copied, from: 'espcn-16-x3' },
  // For the passes after the first, whose input is an enlarged picture and less sharp than its size
  // suggests.
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
  // A multilayer perceptron on patches of luma, without convolutions.
  'research/patch-mlp-x1.5': {
    ...{ arch: 'patch-mlp', scale: 1.5, pictures: openPictures, loss: 'mse' },
    ...{ batch: 128, patch: 10, steps: 3000, rate: 3e-5, averaged: 300, fit: 160_000 },
    ...{ optimiser: 'rmsprop', init: { kind: 'xavier' }, schedule: 'exponential' },
    split: { training: 75, validation: 12.5, test: 12.5 },
  },
  // The same on pictures that bicubic enlarged before, which it sharpens and denoises.
  'research/patch-clean': {
    ...{ arch: 'patch-mlp', scale: 1, pictures: openPictures, loss: 'mse' },
    ...{ after: 'bicubic@1.5', degradation: { ...bicubic, noise: 3 } },
    ...{ batch: 128, patch: 15, steps: 100, rate: 1e-5, averaged: 40, fit: 160_000 },
    ...{ optimiser: 'rmsprop', init: { kind: 'xavier' }, schedule: 'exponential' },
    split: { training: 75, validation: 12.5, test: 12.5 },
  },
  // It works on RGB that bicubic enlarged before, so it costs as much as a large network. Without a
  // skip connection it takes long to settle: a second run starts where the first ended.
  'research/srcnn-1-x2': { ...enlargedBefore, steps: 8000, rate: 1e-3, charts: 0.1, inner: true },
  'research/srcnn-x2': {
    ...enlargedBefore,
    ...{ steps: 12_000, averaged: 400, rate: 8e-4, charts: 0.15 },
    from: 'research/srcnn-1-x2',
  },
  'resnet-x4': { ...residual, steps: 18_000, rate: 1.5e-3 },
  // The same network, trained also with losses that measure how pictures look, in two runs: the
  // second listens more to features and less to the discriminator.
  'resnet-looks-1-x4': {
    ...looks,
    from: 'resnet-x4',
    loss: looksLoss(0.08, 0.02),
    ...{ steps: 2600, rate: 4e-4, averaged: 300, inner: true },
  },
  'resnet-looks-x4': {
    ...looks,
    from: 'resnet-looks-1-x4',
    // The last is near what the network it belongs to decides by.
    features: ['fire4', 'fire8', 'fire9'],
    loss: looksLoss(0.16, 0.012),
    ...{ steps: 1400, rate: 3e-4, averaged: 250 },
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
