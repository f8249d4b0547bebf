// Trains the perceptron on patches in short runs on equal terms, one choice changed at a time, and
// prints a row of a table for each (docs/experiments/patch-mlp.md):
// node build/scripts/compare-perceptrons.js [--steps=n] [choice ...]
//
// The pictures are expected in ../shared/data/train.
import path from 'node:path';
import type { NetworkOptions } from '../src/model/architectures/architecture.js';
import { networkOf } from '../src/model/architectures/list.js';
import { packageRoot } from '../src/package-root.js';
import { type Init, initialWeights } from '../src/training/optimiser/initial-weights.js';
import { listImages, splitItems } from '../src/training/pictures/list-images.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { shortRun } from './short-run.js';

/** What one run does otherwise than the usual one. */
type Variant = NetworkOptions & {
  readonly scale?: number;
  readonly init?: Init;
  readonly optimiser?: NonNullable<TrainPlan['optimiser']>;
  readonly rate?: number;
};

/** The usual run: a smaller network than the one that ships, so that it is soon over. */
const usual = {
  ...{ scale: 1.5, patch: 10, depth: 2, width: 512, activation: 'tanh', dropout: 0 },
  ...{ init: { kind: 'xavier' }, optimiser: 'rmsprop', rate: 1e-4 },
} as const satisfies Variant;

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
  width: [{ width: 256 }, { width: 512 }, { width: 1024 }],
  patch: [{ patch: 10 }, { patch: 8, scale: 2 }, { patch: 16, scale: 2 }],
  dropout: [{ dropout: 0 }, { dropout: 0.2 }, { dropout: 0.5 }],
};

const words = process.argv.slice(2);
const steps = Number(words.find((word) => word.startsWith('--steps='))?.slice(8) ?? 600);
const wanted = words.filter((word) => !word.startsWith('--'));
const unknown = wanted.find((word) => !(word in choices));
if (unknown !== undefined) {
  throw new Error(`Expected some of ${Object.keys(choices).join(', ')} but received "${unknown}".`);
}

const data = path.join(packageRoot(), '..', 'shared', 'data', 'train', 'open_photos');
/** Only every twelfth picture is used: reading them all would take longer than the training. */
const every = 12;
const items = (await listImages([data])).filter((_, i) => i % every === 0);
const seed = 1;
const parts = splitItems(items, { training: 75, validation: 25, test: 0 }, seed);

function planOf(variant: Variant, folder: string): TrainPlan {
  const { scale, patch, depth, width, activation, dropout, init, ...how } = {
    ...usual,
    ...variant,
  };
  const network = networkOf('patch-mlp', scale, { patch, depth, width, activation, dropout });
  return {
    ...{ network, initial: initialWeights(network, seed, init), ...parts, ...how },
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    ...{ loss: 'mse', schedule: 'exponential', batch: 128, patch, steps, seed },
    ...{ averaged: Math.ceil(steps / 10), validateEvery: steps, keep: 'last', workers: 1 },
    ...{ windowBytes: 600e6, out: path.join(folder, 'none.onnx'), workFolder: folder },
    ...{ resume: false, trainedOn: [], recipe: {} },
  };
}

console.log('| choice | value | over bicubic, dB | mean loss |\n| --- | --- | ---: | ---: |');
for (const choice of wanted.length > 0 ? wanted : Object.keys(choices)) {
  for (const variant of choices[choice]!) {
    const shown = Object.entries(variant).map(([name, value]) => {
      const text = typeof value === 'object' ? Object.values(value).join(' ') : String(value);
      return name === choice ? text : `${name} ${text}`;
    });
    const { gain, loss } = await shortRun((folder) => planOf(variant, folder));
    const cells = [choice, shown.join(', '), gain.toFixed(2), loss.toExponential(2)];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
