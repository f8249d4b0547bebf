// Trains the models that ship, each with its card: node build/scripts/train-models.js <name>
// [--resume] [--steps=n] [--workers=n] [--provider=cuda] [--work=folder] [--out=folder]
//
// The pictures are expected in ../shared/data (train and bench); without a name, all models are
// trained in turn.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { badValue } from '../src/errors.js';
import { runTraining } from '../src/library/train/run-training.js';
import type { ModelCard } from '../src/model/catalogue/card.js';
import { discriminatorOf } from '../src/model/discriminators/list.js';
import { networkOf } from '../src/model/architectures/list.js';
import { candidatesFor, type ProviderName, providerNames } from '../src/model/runtime/providers.js';
import { packageRoot } from '../src/package-root.js';
import { featureSource } from '../src/training/gradient/feature-source.js';
import { needsFeatures } from '../src/training/gradient/loss.js';
import { sideSeen } from '../src/training/gradient/shifted.js';
import { benchmark } from '../src/training/validation/benchmark.js';
import {
  alsoReduced,
  listFootage,
  listImages,
  splitItems,
  withCharts,
} from '../src/training/pictures/list-images.js';
import { firstPassOf } from '../src/training/pictures/first-pass.js';
import { bicubicPassScale } from '../src/model/load/bicubic-pass.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { initialWeights } from '../src/training/optimiser/initial-weights.js';
import { type Start, startFrom } from '../src/training/start-from.js';
import { people, writePeople } from './people.js';
import type { Recipe } from './recipe.js';
import { bicubic } from './recipe-bases.js';
import { recipes } from './recipes.js';

const root = packageRoot();
const data = path.join(root, '..', 'shared', 'data');

const seed = 1;
const usualSplit = { training: 95, validation: 5, test: 0 };

const words = process.argv.slice(2);
const option = (key: string) =>
  words.find((word) => word.startsWith(`--${key}=`))?.slice(key.length + 3);

const provider = providerOf(option('provider') ?? 'cpu');

const names = words.filter((word) => !word.startsWith('--'));

function providerOf(word: string): ProviderName {
  const found = providerNames.find((name) => name === word);
  if (found === undefined) throw badValue(`one of ${providerNames.join(', ')}`, '--provider', word);
  return found;
}

/** Folder of work folders and of models that are not shipped. */
const training = path.join(root, 'build', 'training');

/** The path of a model's file; `folder` is that of models that ship. */
function fileOf(name: string, folder = path.join(root, 'models')): string {
  return path.join(recipes[name]?.inner === true ? training : folder, `${name}.onnx`);
}

/** The file of a model to start from: as trained into --out, otherwise as it ships. */
function startOf(name: string): string {
  const made = fileOf(name, option('out'));
  return existsSync(made) ? made : fileOf(name);
}

/** A first pass as `firstPassOf` takes it: plain bicubic by its name, a model by its file. */
function passOf(name: string): string {
  return bicubicPassScale(name, '--after') === null ? fileOf(name) : name;
}

async function planOf(name: string, recipe: Recipe): Promise<TrainPlan> {
  const { arch, scale, pictures, rate, batch, patch, from, after } = recipe;
  const { degradation: kind = bicubic } = recipe;
  const degradation =
    after === undefined ? kind : { ...kind, after: await firstPassOf(passOf(after)) };
  const { loss = 'mse', variants = 1, averaged = 1000, expand = 0, charts = 0 } = recipe;
  const { split = usualSplit, schedule = 'one-cycle', optimiser, init, fit = 0 } = recipe;
  const { discriminator, held = [] } = recipe;
  const steps = Number(option('steps') ?? recipe.steps);
  const plain = networkOf(arch, scale, {
    ...(recipe.depth === undefined ? {} : { depth: recipe.depth }),
    ...(recipe.width === undefined ? {} : { width: recipe.width }),
    ...(arch === 'patch-mlp' ? { patch } : {}),
  });
  const network = recipe.strength === true ? { ...plain, strength: true as const } : plain;
  const sources = pictures.sources.map((source) => path.join(data, source));
  // Left out after the files are shared out, so that the parts stay what they are without `held`.
  const heldFiles = new Set(held.map((file) => path.join(data, file)));
  const isFree = ({ file }: { readonly file: string }) => !heldFiles.has(file);
  const all = splitItems(await listImages(sources), split, seed);
  const parts = { ...all, training: all.training.filter(isFree) };
  const { footage = [] } = recipe;
  const clips = await listFootage(footage.map((each) => path.join(data, each)));
  const learned = [...alsoReduced(parts.training, pictures.alsoReduced), ...clips];
  const { int8 = false } = recipe;
  const calibration = { items: learned, degradation, seed, int8 };
  const starts = await Promise.all(
    [from ?? []].flat().map((each) => startFrom(network, startOf(each), calibration)),
  );
  const start =
    starts.length < 2
      ? (starts[0] ?? { network, initial: initialWeights(network, seed, init) })
      : { network, initial: meanOf(starts) };
  return {
    ...start,
    training: withCharts(Array.from({ length: variants }, () => learned).flat(), charts),
    validation: parts.validation,
    test: parts.test,
    degradation,
    ...(optimiser === undefined ? {} : { optimiser }),
    ...(needsFeatures(loss)
      ? { features: await featureSource(undefined, recipe.features, sideSeen(network, patch)) }
      : {}),
    ...(discriminator === undefined
      ? {}
      : {
          discriminator: {
            network: discriminatorOf(discriminator.name),
            rate: discriminator.rate,
          },
        }),
    ...{ schedule, loss, rate, batch, patch, steps, seed, averaged, expand, fit },
    // The validation pictures show that a run goes well, but are too few to choose weights by.
    ...{ validateEvery: 1000, keep: 'last' },
    workers: Number(option('workers') ?? 2),
    ...(provider === 'cpu' ? {} : { provider: candidatesFor({ name: provider })[0]! }),
    windowBytes: recipe.windowBytes ?? 600e6,
    ...(recipe.drawsPerWindow === undefined ? {} : { drawsPerWindow: recipe.drawsPerWindow }),
    out: fileOf(name, option('out')),
    overwrite: true,
    // --work is for the named model, not for one that is trained first because this starts from it.
    workFolder: (name === names[0] ? option('work') : undefined) ?? path.join(training, name),
    resume: words.includes('--resume'),
    trainedOn: pictures.trainedOn,
    recipe: {
      command: `node build/scripts/train-models.js ${name}${provider === 'cpu' ? '' : ` --provider=${provider}`}`,
      data: pictures.sources,
      alsoReduced: pictures.alsoReduced,
      ...{
        split,
        degradation: kind,
        loss,
        schedule,
        rate,
        batch,
        patch,
        steps,
        averaged,
      },
      ...(recipe.depth === undefined ? {} : { depth: recipe.depth }),
      ...(recipe.width === undefined ? {} : { width: recipe.width }),
      ...(charts === 0 ? {} : { charts }),
      ...(discriminator === undefined ? {} : { discriminator }),
      ...(recipe.features === undefined ? {} : { features: recipe.features }),
      ...(held.length === 0 ? {} : { held }),
      ...(recipe.people === true ? { people } : {}),
      ...(expand === 0 ? {} : { expand }),
      ...(recipe.strength === true ? { strength: true, footage } : {}),
      ...{ variants, keep: 'last', ...(from === undefined ? {} : { from }) },
      ...(after === undefined ? {} : { after }),
      ...(int8 ? { int8 } : {}),
      ...(optimiser === undefined ? {} : { optimiser }),
      ...(init === undefined ? {} : { init }),
      ...(fit === 0 ? {} : { fit }),
    },
  };
}

/**
 * The mean of the weights that several networks of one shape start with
 * (https://arxiv.org/abs/2203.05482).
 */
function meanOf(starts: readonly Start[]): Float32Array {
  const lists = starts.map(({ initial }) => initial!);
  return lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length);
}

async function trainModel(name: string): Promise<void> {
  const recipe = recipes[name];
  if (recipe === undefined) {
    throw new Error(`Expected one of ${Object.keys(recipes).join(', ')} but received "${name}".`);
  }
  // A model to start from that is missing is trained first, so that one command reproduces a model.
  for (const each of [recipe.from ?? []].flat()) {
    if (!existsSync(startOf(each))) await trainModel(each);
  }
  const plan = await planOf(name, recipe);
  await mkdir(path.dirname(plan.out), { recursive: true });
  const { after } = plan.degradation;
  const figuresOf = (weights: Float32Array, folder: string) =>
    benchmark(plan.network, weights, folder, after);
  const measure = async (weights: Float32Array): Promise<ModelCard['figures']> => {
    const Set5 = await figuresOf(weights, path.join(data, 'bench/Set5'));
    const Set14 = await figuresOf(weights, path.join(data, 'bench/Set14'));
    if (recipe.people !== true) return { Set5, Set14 };
    const folder = path.join(plan.workFolder, 'people');
    await writePeople(data, folder);
    return { Set5, Set14, people: await figuresOf(weights, folder) };
  };
  const say = (line: string) => console.log(`${new Date().toISOString()} ${name}: ${line}`);
  let lastLine = 0;
  const progress = (line: string) => {
    if (performance.now() - lastLine < 20_000) return;
    lastLine = performance.now();
    say(line);
  };
  const { card } = await runTraining(plan, { name, display: { say, progress }, measure });
  const shown = Object.entries(card.figures).map(
    ([set, { psnr, bicubicPsnr }]) =>
      `${set} ${psnr.toFixed(3)} (bicubic ${bicubicPsnr.toFixed(2)})`,
  );
  say(`wrote ${plan.out}: ${shown.join(', ')}`);
}

for (const name of names.length > 0 ? names : Object.keys(recipes)) await trainModel(name);
