// What recipes share: see recipes.ts.
import type { Degradation } from '../src/training/pictures/degrade.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { morePictures, openPictures } from './data-sets.js';

export const bicubic: Degradation = { kind: 'bicubic', noise: 0, crf: [0, 0] };
export const codec: Degradation = {
  kind: 'codec',
  noise: 0,
  crf: [18, 34],
  clean: 0.3,
  // A network trained only on luma up to 235 may turn the whites of full-range clips grey.
  fullRange: 0.15,
};
export const small = {
  arch: 'espcn-16',
  scale: 2,
  pictures: openPictures,
  batch: 6,
  patch: 48,
  loss: 'charbonnier',
} as const;

/** For networks wide enough to need all pictures and to be trained with each layer expanded. */
export const wider = {
  ...small,
  arch: 'espcn-32',
  pictures: morePictures,
  ...{ batch: 4, patch: 40, rate: 1e-3, expand: 128 },
} as const;

/**
 * For a GPU (`--provider=cuda`), which takes many patches as fast as few. Muon, since expanded
 * layers have more for the CPU to do.
 */
export const onDevice = {
  ...small,
  arch: 'espcn-32',
  pictures: morePictures,
  optimiser: 'muon',
  ...{ batch: 64, patch: 48, rate: 2e-3, windowBytes: 6e9 },
} as const;

/** For 3x: smaller patches, since each low-resolution sample stands for more large ones. */
export const tripled = { ...small, depth: 9, scale: 3, batch: 3, patch: 36 } as const;

/** For the network for compressed sources, which is trained in several runs. */
export const compressed = {
  ...small,
  depth: 12,
  degradation: codec,
  variants: 3,
  inner: true,
} as const;

/** All coders, from clean to CRF 35, for a network with a dial. */
export const codecs: Degradation = { ...codec, kind: 'codecs', crf: [10, 35], clean: 0.25 };

/** For networks with a dial for compression. */
export const dialled = {
  ...wider,
  degradation: codecs,
  strength: true,
  footage: ['train/open_footage'],
  // Small windows that are soon replaced: a picture is encoded anew in each.
  ...{ windowBytes: 25e6, drawsPerWindow: 3 },
} as const;

/** For SRCNN, whose layers all work at the large size. */
export const enlargedBefore = {
  arch: 'srcnn',
  scale: 2,
  pictures: openPictures,
  loss: 'mse',
  ...{ batch: 4, patch: 20 },
} as const;

/**
 * For residual blocks on RGB. Their reach is 23 samples: of a small patch most would be context.
 */
export const residual = {
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
export const looks = {
  ...residual,
  // The last of those that see every 4th and every 8th sample.
  features: ['fire4', 'fire8'],
  discriminator: { name: 'patches', rate: 3e-4 },
  held: heldPeople,
  optimiser: 'adam',
  ...{ batch: 2, patch: 24, windowBytes: 80e6 },
} as const;

export function looksLoss(features: number, adversarial: number): TrainPlan['loss'] {
  return [
    { name: 'charbonnier', weight: 1 },
    { name: 'features', weight: features },
    { name: 'texture', weight: 1e-7 },
    { name: 'adversarial', weight: adversarial },
  ];
}

/** For the network that runs after a first pass. */
export const second = { ...small, depth: 9, after: 'espcn-16-x2' } as const;

/** For 8-bit copies: few steps at a low rate, since little is left to learn. */
export const copied = { steps: 6000, rate: 2e-4, int8: true } as const;
