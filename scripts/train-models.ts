// Trains the models that ship, each with its card: node build/scripts/train-models.js <name> [--resume]
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CardData, ModelCard } from '../src/model/card.js';
import { buildInferenceModel, networkOf, parameterCount } from '../src/model/network.js';
import { packageRoot } from '../src/package-root.js';
import { benchmark } from '../src/training/benchmark.js';
import type { Degradation } from '../src/training/degrade.js';
import { initialWeights } from '../src/training/initial-weights.js';
import { alsoReduced, listImages, splitItems } from '../src/training/list-images.js';
import type { TrainPlan } from '../src/training/plan.js';
import { train } from '../src/training/trainer.js';
import { weightsFromModel } from '../src/training/warm-start.js';

const data = path.join(packageRoot(), '..', 'shared', 'data');

/** What a shipped model is made by; all else is the same for all. */
type Recipe = {
  readonly arch: string;
  readonly scale: number;
  readonly open: boolean;
  readonly steps: number;
  readonly rate: number;
  readonly batch: number;
  readonly patch: number;
  readonly degradation?: Degradation;
  /** The shipped model whose weights it starts from. */
  readonly from?: string;
};

const codec: Degradation = { kind: 'codec', noise: 0, crf: [18, 33] };

const recipes: Readonly<Record<string, Recipe>> = {
  'espcn-16-x2': {
    arch: 'espcn-16',
    scale: 2,
    open: true,
    steps: 60000,
    rate: 3e-3,
    batch: 6,
    patch: 48,
  },
  'espcn-16-codec-x2': {
    arch: 'espcn-16',
    scale: 2,
    open: true,
    steps: 15000,
    rate: 1e-3,
    batch: 6,
    patch: 48,
    degradation: codec,
    from: 'espcn-16-x2',
  },
  'espcn-16-x3': {
    arch: 'espcn-16',
    scale: 3,
    open: true,
    steps: 20000,
    rate: 2e-3,
    batch: 6,
    patch: 48,
    from: 'espcn-16-x2',
  },
  'espcn-x2': {
    arch: 'espcn',
    scale: 2,
    open: true,
    steps: 20000,
    rate: 2e-3,
    batch: 16,
    patch: 20,
  },
  'espcn-58k-x2': {
    arch: 'espcn-58k',
    scale: 2,
    open: true,
    steps: 12000,
    rate: 2e-3,
    batch: 12,
    patch: 24,
  },
  'research/espcn-16-x2': {
    arch: 'espcn-16',
    scale: 2,
    open: false,
    steps: 60000,
    rate: 3e-3,
    batch: 6,
    patch: 32,
  },
};

const openData: readonly CardData[] = [
  { name: 'CLIC2025 validation', licence: 'Unsplash License' },
  { name: 'CID22 training', licence: 'CC BY-SA 4.0' },
  { name: 'Budgie backgrounds, halved', licence: 'CC0-1.0' },
];

const researchData: readonly CardData[] = [
  { name: 'T91', licence: 'research only' },
  { name: 'BSD200', licence: 'research only' },
];

const [name = '', ...options] = process.argv.slice(2);
const recipe = recipes[name];
if (recipe === undefined) {
  console.error(`Expected one of ${Object.keys(recipes).join(', ')} but received "${name}".`);
  process.exit(2);
}
const option = (key: string) => options.find((word) => word.startsWith(`--${key}=`))?.split('=')[1];
const { arch, scale, open } = recipe;
const seed = 1;
const steps = Number(option('steps') ?? recipe.steps);
const rate = Number(option('rate') ?? recipe.rate);
const batch = Number(option('batch') ?? recipe.batch);
const patch = Number(option('patch') ?? recipe.patch);
const workFolder = option('work') ?? path.join('/tmp', 'vsr-train', name);
const out = path.join(option('out') ?? path.join(packageRoot(), 'models'), `${name}.onnx`);
const network = networkOf(arch, scale);
const sources = open
  ? [`${data}/train/CLIC2025`, `${data}/train/CID22`, `${data}/train/budgie_cc0@0.5`]
  : [`${data}/train/T91`, `${data}/train/BSD200`];
const split = { training: 95, validation: 5, test: 0 };
const reductions = open
  ? [0.6, 0.4, 0.25]
  : (option('reduced') ?? '').split(',').filter(Boolean).map(Number);
const parts = splitItems(await listImages(sources), split, seed);
const from = option('from') ?? recipe.from;
const degradation = recipe.degradation ?? { kind: 'bicubic', noise: 0, crf: [18, 33] };
const recipeFacts = {
  data: sources.map((source) => path.relative(packageRoot(), source)),
  alsoReduced: reductions,
  ...{
    split,
    degradation,
    loss: option('loss') ?? 'mse',
    schedule: 'one-cycle',
    rate,
    batch,
    patch,
    steps,
  },
  averaged: 1000,
  ...(from === undefined ? {} : { from }),
};
const plan: TrainPlan = {
  network,
  training: alsoReduced(parts.training, reductions),
  validation: parts.validation,
  test: parts.test,
  degradation,
  loss: (option('loss') ?? 'mse') as 'mse',
  schedule: 'one-cycle',
  ...{ rate, batch, patch, steps, seed },
  averaged: 1000,
  validateEvery: Number(option('validate') ?? 2000),
  workers: Number(option('workers') ?? 2),
  windowBytes: 600e6,
  ...(from === undefined
    ? {}
    : {
        initial: weightsFromModel(
          await readFile(
            path.isAbsolute(from) ? from : path.join(packageRoot(), 'models', `${from}.onnx`),
          ),
          from,
          network,
          initialWeights(network, seed),
        ),
      }),
  out,
  workFolder,
  resume: options.includes('--resume'),
  trainedOn: open ? openData : researchData,
  recipe: recipeFacts,
};

const curve: { step: number; loss: number; psnr: number }[] = [];

async function figuresOf(weights: Float32Array): Promise<ModelCard['figures']> {
  return {
    Set5: await benchmark(network, weights, `${data}/bench/Set5`),
    Set14: await benchmark(network, weights, `${data}/bench/Set14`),
  };
}

async function writeModel(weights: Float32Array): Promise<void> {
  const model = buildInferenceModel(network, weights, {
    name,
    licence: plan.trainedOn.map((part) => `${part.name}: ${part.licence}`).join('; '),
  });
  const card: ModelCard = {
    name,
    ...{ arch, scale },
    file: path.basename(out),
    sha256: createHash('sha256').update(model).digest('hex'),
    parameters: parameterCount(network),
    input: 'luma',
    trainedOn: plan.trainedOn,
    recipe: plan.recipe,
    seed,
    figures: await figuresOf(weights),
    curve,
    created: new Date().toISOString(),
  };
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(`${out}.partial`, model);
  await rename(`${out}.partial`, out);
  await writeFile(out.replace(/\.onnx$/, '.json'), `${JSON.stringify(card, null, 2)}\n`);
}

await mkdir(workFolder, { recursive: true });
for await (const event of train(plan)) {
  if (event.kind === 'skipped') console.log(event.reason);
  if (event.kind === 'started')
    console.log(`started at ${event.step} with ${event.pictures} pictures`);
  if (event.kind === 'validated') {
    const { step, loss, psnr, stepsPerSecond } = event;
    curve.push({ step, loss, psnr });
    const { Set5, Set14 } = await figuresOf(event.weights);
    const line = `${new Date().toISOString()} ${name} step ${step} loss ${loss.toExponential(3)} val ${psnr.toFixed(3)} Set5 ${Set5!.psnr.toFixed(3)} Set14 ${Set14!.psnr.toFixed(3)} ${stepsPerSecond.toFixed(1)} steps/s`;
    console.log(line);
    await appendFile(path.join(workFolder, 'log.txt'), `${line}\n`);
  }
  if (event.kind === 'finished') await writeModel(event.best);
}
