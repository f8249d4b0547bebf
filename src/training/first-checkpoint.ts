import { channelsOf } from '../model/language/network.js';
import type { Expansion } from './optimiser/expansion.js';
import { initialJudge, initialWeights } from './optimiser/initial-weights.js';
import { initialExpandedState, initialState } from './optimiser/optimiser.js';
import type { TrainPlan } from './plan/plan.js';
import { planFacts, requireSameFacts } from './plan/plan-facts.js';
import { type Checkpoint, readCheckpoint } from './saved/checkpoint.js';

/**
 * The checkpoint that a run begins with, or with `plan.resume` the one in `file`. Throws VsrError
 * `option` where that belongs to another plan, `model` where it is missing or damaged.
 */
export async function firstCheckpoint(
  plan: TrainPlan,
  file: string,
  expansion: Expansion | undefined,
): Promise<Checkpoint> {
  const facts = planFacts(plan);
  if (plan.resume) {
    const now = await readCheckpoint(file);
    requireSameFacts(file, now.facts, facts);
    return { ...now, facts };
  }
  const { initial, network, seed } = plan;
  const state =
    expansion === undefined
      ? initialState(initial ?? initialWeights(network, seed))
      : initialExpandedState(expansion, seed, initial);
  const nothing = { step: 0, windowStart: 0, windowStep: 0, bestPsnr: -Infinity, bestStep: 0 };
  const { discriminator } = plan;
  const judge =
    discriminator === undefined
      ? {}
      : { judge: initialState(initialJudge(discriminator.network, channelsOf(network), seed)) };
  return { facts, ...nothing, state, ...judge, best: state.average };
}
