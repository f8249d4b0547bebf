import type { Tensor } from 'onnxruntime-node';
import { onnxRuntime } from '../../model/runtime/onnx-runtime.js';
import { floatTensor, openSession } from '../base/session.js';
import type { Weights } from '../../model/language/network.js';
import { collapsedWeights, type Expansion, initialPairs } from './expansion.js';
import { adam, type OptimiserName } from './optimisers.js';
import { buildUpdateModel, stateNames, type UpdateOptions } from './update-graph.js';

/**
 * The lists an optimiser step changes. `weights` and `average` are [parameters]; so is what the
 * optimiser keeps, `first` and `second`, unless the network is expanded: then they are as long as
 * `pairs`, the values that are trained.
 */
export type OptimiserState = Record<(typeof stateNames)[number], Float32Array> & {
  pairs?: Float32Array;
};

/**
 * Takes one step from `state`, which is changed in place. `step` counts from 0, `rate` is the
 * learning rate.
 */
export type OptimiserStep = (
  state: OptimiserState,
  gradients: Float32Array,
  step: number,
  rate: number,
) => Promise<void>;

/** The optimisers that know how many steps went before. */
const corrected: readonly OptimiserName[] = ['adam', 'muon'];

/** The state before the first step. */
export function initialState(weights: Weights): OptimiserState {
  const zeros = () => new Float32Array(weights.length);
  return { weights: weights.slice(), first: zeros(), second: zeros(), average: weights.slice() };
}

/**
 * The state of an expanded network before the first step, with the weights `initial` or random ones
 * by `seed`.
 */
export function initialExpandedState(
  expansion: Expansion,
  seed: number,
  initial?: Weights,
): OptimiserState {
  const pairs = initialPairs(expansion, seed, initial);
  const zeros = () => new Float32Array(pairs.length);
  const weights = collapsedWeights(expansion, pairs);
  return { weights, first: zeros(), second: zeros(), average: weights.slice(), pairs };
}

/**
 * Opens the optimiser's session. The running mean of the weights covers about the last `averaged`
 * steps (fewer while the run is young). With an `expansion` it steps on states of that only.
 */
export async function openOptimiser(
  parameters: number,
  microBatches: number,
  averaged: number,
  options: UpdateOptions = {},
): Promise<OptimiserStep> {
  const { Tensor: OrtTensor } = await onnxRuntime();
  const { expansion, optimiser = 'adam' } = options;
  const session = await openSession(buildUpdateModel(parameters, microBatches, options));
  const taken: (keyof OptimiserState)[] =
    expansion === undefined ? [...stateNames] : ['pairs', 'first', 'second', 'average'];
  const given: (keyof OptimiserState)[] =
    expansion === undefined ? taken : [...stateNames, 'pairs'];
  const feeds: Record<string, Tensor> = {};
  const fetches: Record<string, Tensor> = {};
  const scalars = new Map<string, Float32Array>();
  const corrections = corrected.includes(optimiser) ? ['correction1', 'correction2'] : [];
  for (const name of ['rate', ...corrections, 'follow']) {
    const { tensor, data } = await floatTensor([1]);
    feeds[name] = tensor;
    scalars.set(name, data);
  }
  const gradientTensor = await floatTensor([microBatches, parameters]);
  feeds['gradients'] = gradientTensor.tensor;

  const set = (name: string, value: number) => scalars.get(name)?.fill(value);
  return async (state, gradients, step, rate) => {
    gradientTensor.data.set(gradients);
    set('rate', rate);
    set('correction1', 1 / (1 - adam.beta1 ** (step + 1)));
    set('correction2', 1 / (1 - adam.beta2 ** (step + 1)));
    set('follow', 1 / Math.min(averaged, step + 1));
    for (const name of taken) {
      feeds[name] = new OrtTensor('float32', state[name]!, [state[name]!.length]);
    }
    for (const name of given) {
      const { length } = state[name]!;
      fetches[`${name}_next`] = new OrtTensor('float32', new Float32Array(length), [length]);
    }
    await session.run(feeds, fetches);
    for (const name of given) state[name] = fetches[`${name}_next`]!.data as Float32Array;
  };
}
