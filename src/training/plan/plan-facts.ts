import { VsrError } from '../../errors.js';
import { layersOf } from '../../model/language/layers.js';
import { type Network, unshuffleOf } from '../../model/language/network.js';
import { lossText } from '../gradient/loss.js';
import { drawsPerWindow, type TrainPlan } from './plan.js';

/**
 * The parts of a plan that decide the weights, as plain values: a run resumes only with the same.
 */
export function planFacts(plan: TrainPlan): Record<string, unknown> {
  const { network, loss, schedule, rate, batch, patch, steps, seed, averaged } = plan;
  const { after, ...degradation } = plan.degradation;
  return {
    arch: network.arch,
    scale: network.scale,
    unshuffle: unshuffleOf(network),
    layers: shapeOf(network),
    activationSteps: network.activationSteps?.join(' ') ?? 'none',
    degradation: JSON.stringify(degradation),
    after: after?.model?.sha256 ?? after?.name ?? 'none',
    expand: plan.expand ?? 0,
    optimiser: plan.optimiser ?? 'adam',
    fit: plan.fit ?? 0,
    minSide: plan.training[0]?.minSide ?? 0,
    square: plan.training[0]?.square ?? 0,
    loss: lossText(loss),
    features:
      plan.features === undefined
        ? 'none'
        : `${plan.features.sha256} ${plan.features.outputs.join(' ')}`,
    discriminator: plan.discriminator === undefined ? 'none' : JSON.stringify(plan.discriminator),
    ...{ schedule, rate, batch, patch, steps, seed, averaged },
    ...{ validateEvery: plan.validateEvery, keep: plan.keep },
    provider: plan.provider?.name ?? 'cpu',
    windowBytes: plan.windowBytes,
    drawsPerWindow: plan.drawsPerWindow ?? drawsPerWindow,
    dial: network.strength ?? false,
    pictures: plan.training.length,
    charts: plan.training.filter(({ isChart }) => isChart).length,
  };
}

/**
 * The network's blocks as text. A network of convolutions alone is stated by its layers' numbers,
 * as in checkpoints of all versions.
 */
function shapeOf(network: Network): string {
  const layers = layersOf(network);
  return layers === null
    ? JSON.stringify(network)
    : layers.map((layer) => Object.values(layer).join(' ')).join(', ');
}

/** Throws a VsrError that names the first fact in which a checkpoint differs from the call. */
export function requireSameFacts(
  file: string,
  kept: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
): void {
  // Checkpoints of versions that lacked these options do not name them.
  const known: Readonly<Record<string, unknown>> = {
    ...{ expand: 0, optimiser: 'adam', fit: 0, minSide: 0, square: 0, features: 'none' },
    discriminator: 'none',
    ...{ drawsPerWindow, dial: false, charts: 0 },
    ...kept,
  };
  for (const [name, value] of Object.entries(asked)) {
    if (known[name] === value) continue;
    throw new VsrError(
      'option',
      `The checkpoint ${file} is of a run with ${name} ${String(known[name])}, but ${String(value)} was asked for. Resume with the options it was started with, or start again without --resume.`,
    );
  }
}
