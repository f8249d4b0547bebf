import { openPictures, researchPictures } from './data-sets.js';
import type { Recipe } from './recipe.js';
import {
  bicubic,
  codec,
  small,
  wider,
  onDevice,
  tripled,
  compressed,
  codecs,
  dialled,
  enlargedBefore,
  residual,
  looks,
  looksLoss,
  second,
  copied,
} from './recipe-bases.js';

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
  // Wider, trained on more pictures, and at last on a GPU with many patches at once.
  'espcn-32-1-x2': { ...wider, steps: 240_000, inner: true },
  'espcn-32-x2': { ...onDevice, steps: 20_000, from: 'espcn-32-1-x2' },
  // Two more layers, which begin as the identity, and then a third.
  'espcn-32-deep-1-x2': {
    ...wider,
    ...{ depth: 7, steps: 90_000, rate: 1e-3, inner: true },
    from: 'espcn-32-1-x2',
  },
  'espcn-32-deep-x2': { ...onDevice, depth: 8, steps: 18_000, from: 'espcn-32-deep-1-x2' },
  'espcn-32-x3': { ...onDevice, scale: 3, patch: 36, steps: 20_000, from: 'espcn-32-1-x2' },
  'espcn-32-int8-x3': {
    ...wider,
    ...copied,
    ...{ scale: 3, patch: 32, steps: 8000 },
    from: 'espcn-32-x3',
  },
  // After a first pass; see espcn-16-second-x2.
  'espcn-32-second-1-x2': {
    ...onDevice,
    ...{ steps: 20_000, after: 'espcn-32-1-x2', inner: true },
    from: 'espcn-32-1-x2',
  },
  'espcn-32-second-x2': {
    ...wider,
    ...{ steps: 1500, rate: 2e-4, after: 'espcn-32-x2' },
    from: 'espcn-32-second-1-x2',
  },
  'espcn-32-second-int8-x2': {
    ...wider,
    ...copied,
    ...{ steps: 6000, after: 'espcn-32-x2' },
    from: 'espcn-32-second-x2',
  },
  // The largest. Of its 14,000 steps on a GPU 11,000 were taken; the last ones, at lower and lower
  // rates, on a CPU.
  'espcn-64-1-x2': {
    ...onDevice,
    ...{ arch: 'espcn-64', batch: 32, patch: 64, steps: 14_000, inner: true },
  },
  'espcn-64-x2': {
    ...wider,
    ...{ arch: 'espcn-64', expand: 0, patch: 48, steps: 3000, rate: 1e-4 },
    from: 'espcn-64-1-x2',
  },
  // One network for everything from clean to CRF 35. It starts as the network for clean pictures:
  // its weights' slopes by strength are 0.
  'espcn-32-strength-1-x2': {
    ...dialled,
    ...{ steps: 5000, rate: 8e-4, inner: true },
    from: 'espcn-32-1-x2',
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
