// Trains the perceptron on patches in short runs on equal terms, one choice changed at a time, and
// prints a row of a table for each (docs/experiments/patch-mlp.md):
// node build/scripts/compare-perceptrons.js [--steps=n] [choice ...]
//
// The pictures are expected in ../shared/data/train.
import path from 'node:path';
import type { NetworkOptions } from '../src/model/architectures/architecture.js';
import { networkOf } from '../src/model/architectures/list.js';
import { type Network, parameterCount } from '../src/model/language/network.js';
import { packageRoot } from '../src/package-root.js';
import { type Init, initialWeights } from '../src/training/optimiser/initial-weights.js';
import { firstPassOf } from '../src/training/pictures/first-pass.js';
import { listImages, type SplitItems, splitItems } from '../src/training/pictures/list-images.js';
import type { PictureItem } from '../src/training/pictures/picture-item.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { nearestPass } from './nearest-pass.js';
import { shortRun } from './short-run.js';

/** What one run does otherwise than the usual one. */
type Variant = NetworkOptions & {
  readonly scale?: number;
  readonly init?: Init;
  readonly optimiser?: NonNullable<TrainPlan['optimiser']>;
  readonly rate?: number;
  /** Patches that the last layer is fitted to before the first step. */
  readonly fit?: number;
  readonly steps?: number;
  /** How the picture is enlarged 1.5 times before the perceptron, which then keeps its size. */
  readonly before?: 'nothing' | 'nearest' | 'bicubic';
  /** Whether a patch is the whole picture, so that patches do not overlap. */
  readonly whole?: boolean;
  /**
   * Sides of the squares to which the pictures to train and validate with are reduced (see
   * `Framing`); then all pictures are used.
   */
  readonly squares?: readonly [number, number];
};

/** The usual run: a smaller network than the one that ships, so that it is soon over. */
const usual = {
  ...{ scale: 1.5, patch: 10, depth: 2, width: 512, activation: 'tanh', dropout: 0 },
  ...{ init: { kind: 'xavier' }, optimiser: 'rmsprop', rate: 1e-4, fit: 0 },
  ...{ before: 'nothing', whole: false },
} as const satisfies Variant;

/** As the models that ship begin: a fitted last layer, and a few steps at a low rate from there. */
const fitted = { fit: 20_000, rate: 1e-5, steps: 100 } as const;

/** The same pictures enlarged by the perceptron, or before it. */
const enlarging: readonly Variant[] = [
  { before: 'nothing', squares: [240, 240] },
  { before: 'bicubic', scale: 1, patch: 15, squares: [240, 240] },
  { before: 'nearest', scale: 1, patch: 15, squares: [240, 240] },
];

/** Pictures of 48x48 samples, as patches of 10x10 and whole; and parts of larger ones. */
const small: readonly Variant[] = [
  { squares: [48, 48] },
  { whole: true, patch: 32, squares: [48, 48] },
  { whole: true, patch: 32, width: 2048, squares: [48, 48] },
  { whole: true, patch: 32, width: 2048, squares: [144, 48] },
];

const choices: Readonly<Record<string, readonly Variant[]>> = {
  activation: [{ activation: 'tanh' }, { activation: 'relu' }, { activation: 'sigmoid' }],
  init: [
    { init: { kind: 'xavier' } },
    { init: { kind: 'he' } },
    { init: { kind: 'normal', deviation: 0.01 } },
  ],
  optimiser: [
    { optimiser: 'rmsprop', rate: 1e-4 },
    { optimiser: 'adam', rate: 1e-3 },
    { optimiser: 'adadelta', rate: 1 },
    { optimiser: 'sgd', rate: 0.1 },
  ],
  rate: [{ rate: 1e-3 }, { rate: 3e-4 }, { rate: 1e-4 }, { rate: 1e-5 }],
  depth: [{ depth: 1 }, { depth: 2 }, { depth: 4 }],
  width: [{ width: 512 }, { width: 1024 }, { width: 2048 }, { width: 4096 }],
  patch: [{ patch: 10 }, { patch: 8, scale: 2 }, { patch: 16, scale: 2 }],
  dropout: [{ dropout: 0 }, { dropout: 0.2 }, { dropout: 0.5 }],
  before: enlarging,
  whole: small,
  'width, fitted': [512, 1024, 2048, 4096].map((width) => ({ width, ...fitted })),
  'before, fitted': enlarging.map((each) => ({ ...each, ...fitted })),
  'whole, fitted': small.map((each) => ({ ...each, ...fitted })),
};

const words = process.argv.slice(2);
const usualSteps = Number(words.find((word) => word.startsWith('--steps='))?.slice(8) ?? 600);
const wanted = words.filter((word) => !word.startsWith('--'));
const unknown = wanted.find((word) => !(word in choices));
if (unknown !== undefined) {
  throw new Error(`Expected some of ${Object.keys(choices).join(', ')} but received "${unknown}".`);
}

const data = path.join(packageRoot(), '..', 'shared', 'data', 'train', 'open_photos');
/** Only every twelfth picture is used: reading them all would take longer than the training. */
const every = 12;
const photos = await listImages([data]);
const seed = 1;
const split = { training: 75, validation: 25, test: 0 };

function partsOf(squares: Variant['squares']): SplitItems {
  if (squares === undefined) {
    return splitItems(
      photos.filter((_, i) => i % every === 0),
      split,
      seed,
    );
  }
  const parts = splitItems(photos, split, seed);
  const framed = (items: readonly PictureItem[], square: number) =>
    items.map((item) => ({ ...item, square }));
  const [training, validation] = squares;
  return {
    training: framed(parts.training, training),
    validation: framed(parts.validation, validation),
    test: [],
  };
}

function networkFor(variant: Variant): Network {
  const { scale, patch, depth, width, activation, dropout, whole } = { ...usual, ...variant };
  const network = networkOf('patch-mlp', scale, { patch, depth, width, activation, dropout });
  return whole ? { ...network, patches: { size: patch, step: patch } } : network;
}

async function planOf(variant: Variant, folder: string): Promise<TrainPlan> {
  const { init, before, squares, optimiser, rate, fit, patch } = { ...usual, ...variant };
  const { steps = usualSteps } = variant;
  const network = networkFor(variant);
  const passes = {
    nothing: () => undefined,
    nearest: () => nearestPass(folder),
    bicubic: () => firstPassOf('bicubic@1.5'),
  };
  const first = await passes[before]();
  return {
    ...{ network, initial: initialWeights(network, seed, init), ...partsOf(squares) },
    ...{ optimiser, rate, fit },
    degradation: {
      ...{ kind: 'bicubic', noise: 0, crf: [0, 0] },
      ...(first === undefined ? {} : { after: first }),
    },
    ...{ loss: 'mse', schedule: 'exponential', batch: 128, patch, steps, seed },
    ...{ averaged: Math.ceil(steps / 10), validateEvery: steps, keep: 'last', workers: 1 },
    ...{ windowBytes: 600e6, out: path.join(folder, 'none.onnx'), workFolder: folder },
    ...{ resume: false, trainedOn: [], recipe: {} },
  };
}

console.log('| choice | value | weights | over bicubic, dB | mean loss |');
console.log('| --- | --- | ---: | ---: | ---: |');
for (const choice of wanted.length > 0 ? wanted : Object.keys(choices)) {
  let bicubic = NaN;
  for (const variant of choices[choice]!) {
    const shown = Object.entries(variant).map(([name, value]) => {
      const text = typeof value === 'object' ? Object.values(value).join(' ') : String(value);
      return name === choice ? text : `${name} ${text}`;
    });
    const { psnr, bicubicPsnr, loss } = await shortRun((folder) => planOf(variant, folder));
    // Where nearest comes before, `bicubicPsnr` is its own: the run before says bicubic's.
    if (variant.before !== 'nearest') bicubic = bicubicPsnr;
    const weights = parameterCount(networkFor(variant)).toLocaleString('en');
    const cells = [choice, shown.join(', '), weights, (psnr - bicubic).toFixed(2)];
    console.log(`| ${[...cells, loss.toExponential(2)].join(' | ')} |`);
  }
}
