// What a training step costs: whole steps on all cores, and each operation's share on one core.
// `npm run bench -- train` calls benchTraining; by itself: node build/scripts/bench-train.js
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onnxRuntime } from '../src/model/runtime/onnx-runtime.js';
import { networkOf } from '../src/model/architectures/list.js';
import { parameterCount, reachOf } from '../src/model/language/network.js';
import { blockSize } from '../src/training/gradient/block-size.js';
import { buildGradientModel } from '../src/training/gradient/gradient-graph.js';
import { GradientPool } from '../src/training/gradient/gradient-pool.js';
import { initialWeights } from '../src/training/optimiser/initial-weights.js';
import { initialState, openOptimiser } from '../src/training/optimiser/optimiser.js';
import { sharePlane } from '../src/training/pictures/picture.js';
import { patchesAtOnce } from '../src/training/plan/plan.js';
import { randomAt } from '../src/training/base/random.js';

/** What is measured: a network, patches per step, and their side in low-resolution samples. */
type Case = { readonly arch: string; readonly batch: number; readonly patch: number };

/**
 * `patch` counts only the samples whose enlargement is compared. Around them the network also reads
 * and computes its reach, where a network that pads its input computes nothing: with 64-32 channels
 * a patch of 17 takes 1.26 times the multiplications of a padded 17, and one of 15 just as many.
 * For comparison, PyTorch 2.13 on the same two cores takes 4.4 ms per step for 16 padded patches of
 * 17x17, and 16 ms for `espcn-16` with 16 of 28x28.
 */
const cases: readonly Case[] = [
  { arch: 'espcn', batch: 16, patch: 17 },
  { arch: 'espcn', batch: 16, patch: 15 },
  { arch: 'espcn-16', batch: 16, patch: 28 },
  { arch: 'espcn-16', batch: 6, patch: 48 },
];

/** The figures of one case. */
export type TrainingBench = Case & {
  /** Milliseconds of a whole step (patches, gradients, optimiser): the median, and the fastest. */
  readonly stepMs: number;
  readonly bestMs: number;
  readonly workers: number;
  /** Each operation's share of the gradient graph's time, 0 to 1, largest first. */
  readonly shares: readonly (readonly [operation: string, share: number])[];
};

const warmUp = 30;
const measured = 200;

function noisePicture(width: number, height: number) {
  const random = randomAt(1);
  const data = Uint8Array.from({ length: width * height }, () => random() * 256);
  return sharePlane({ data, width, height });
}

async function timeSteps({ arch, batch, patch }: Case, workers: number): Promise<number[]> {
  const network = networkOf(arch, 2);
  const patches = patchesAtOnce(batch, patch);
  const microBatches = batch / patches;
  const parameters = parameterCount(network);
  await using pool = new GradientPool({
    network,
    batch: { patches, patch },
    ...{ microBatches, loss: 'mse', seed: 1, workers },
  });
  const optimise = await openOptimiser(parameters, microBatches, 1000);
  const state = initialState(initialWeights(network, 1));
  const picture = {
    name: 'noise',
    low: [noisePicture(256, 256)],
    high: [noisePicture(512, 512)],
    strength: 0,
  };
  await pool.setPictures([picture]);
  const times: number[] = [];
  for (let step = 0; step < warmUp + measured; step++) {
    const start = performance.now();
    await pool.step(step, state.weights);
    await optimise(state, pool.gradients, step, 1e-3);
    if (step >= warmUp) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

type TraceEvent = {
  readonly cat: string;
  readonly dur: number;
  readonly args: { op_name?: string };
};

/** Each operation's share of the time, 0 to 1, by ONNX Runtime's own profiler. */
async function sharesOf({ arch, batch, patch }: Case): Promise<[string, number][]> {
  const network = networkOf(arch, 2);
  const patches = patchesAtOnce(batch, patch);
  const side = patch + 2 * reachOf(network);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-bench-'));
  try {
    const { InferenceSession, Tensor } = await onnxRuntime();
    const session = await InferenceSession.create(
      buildGradientModel(network, { patches, patch }, 'mse', await blockSize()),
      {
        ...{ intraOpNumThreads: 1, interOpNumThreads: 1, enableProfiling: true },
        profileFilePrefix: path.join(folder, 'trace'),
      },
    );
    const tensor = (...dims: number[]) => {
      const length = dims.reduce((product, dim) => product * dim, 1);
      return new Tensor('float32', new Float32Array(length).fill(0.1), dims);
    };
    const feeds = {
      x: tensor(patches, 1, side, side),
      t: tensor(patches, 4, patch, patch),
      weights: tensor(parameterCount(network)),
    };
    for (let i = 0; i < 50; i++) await session.run(feeds);
    session.endProfiling();
    const [trace] = await readdir(folder);
    const events = JSON.parse(await readFile(path.join(folder, trace!), 'utf8')) as TraceEvent[];
    const sums = new Map<string, number>();
    for (const { cat, dur, args } of events) {
      if (cat !== 'Node' || args.op_name === undefined) continue;
      sums.set(args.op_name, (sums.get(args.op_name) ?? 0) + dur);
    }
    const total = [...sums.values()].reduce((a, b) => a + b, 0);
    return [...sums]
      .map(([name, sum]): [string, number] => [name, sum / total])
      .sort((a, b) => b[1] - a[1]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures every case on `workers` threads; `say` prints two lines for each. */
export async function benchTraining(
  say: (line: string) => void,
  workers = os.availableParallelism(),
): Promise<TrainingBench[]> {
  const results: TrainingBench[] = [];
  for (const one of cases) {
    const times = await timeSteps(one, workers);
    const shares = await sharesOf(one);
    const stepMs = times[times.length >> 1]!;
    const bestMs = times[0]!;
    results.push({ ...one, stepMs, bestMs, workers, shares });
    say(
      `${one.arch}, ${one.batch} patches of ${one.patch}x${one.patch}: ${stepMs.toFixed(1)} ms a step (fastest ${bestMs.toFixed(1)}), ${workers} threads`,
    );
    const shown = shares
      .slice(0, 8)
      .map(([name, share]) => `${name} ${(100 * share).toFixed(0)} %`);
    say(`  ${shown.join(', ')}`);
  }
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchTraining((line) => console.log(line));
}
