import type { Discriminator } from '../../model/discriminators/discriminator.js';
import type { FeatureNetwork } from '../../model/features/feature-network.js';
import { depthToSpace } from '../../model/autodiff/shape.js';
import { multiply } from '../../model/autodiff/pointwise.js';
import { roundedToCodes, roundedToWeightSteps } from '../../model/autodiff/quantisation.js';
import { Tape, type Value } from '../../model/autodiff/tape.js';
import {
  channelsOf,
  type Network,
  parameterCount,
  reachOf,
  trainingReach,
} from '../../model/language/network.js';
import { lastShuffle } from '../../model/language/through-network.js';
import {
  trainedValues,
  type TrainedValues,
  type TrainingHooks,
  trainNetwork,
} from '../../model/language/training-graph.js';
import {
  coarseEnd,
  hasCoarseEnds,
  PICTURE_STEP,
  RESIDUAL_ZERO,
} from '../../model/networks/eight-bits.js';
import { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { encodeModel } from '../../model/onnx/model-file.js';
import { Contest } from './contest.js';
import { type Loss, lossOf } from './loss.js';
import { mostShifted, shifting } from './shifted.js';

/** The size of a micro-batch: what goes through the graph at once. */
export type MicroBatch = {
  /** Number of patches. */
  readonly patches: number;
  /** Low-resolution samples each way whose enlargement is compared. */
  readonly patch: number;
};

/** Hooks that round kernels and results as they will be in layers that compute in 8 bits. */
function roundingHooks(tape: Tape, network: Network): Pick<TrainingHooks, 'kernel' | 'result'> {
  const { activationSteps } = network;
  if (activationSteps === undefined) return { kernel: (x) => x, result: (x) => x };
  const end = coarseEnd(network);
  const last = network.blocks.length - 1;
  const coarseEnds = hasCoarseEnds(network);
  let kernels = 0;
  let results = 0;
  return {
    kernel(x) {
      const i = kernels++;
      return coarseEnds || (i > 0 && i < end) ? roundedToWeightSteps(tape, x) : x;
    },
    result(x) {
      const i = results++;
      if (coarseEnds && i === last) return roundedToCodes(tape, x, PICTURE_STEP, RESIDUAL_ZERO);
      return i < end ? roundedToCodes(tape, x, activationSteps[i]!) : x;
    },
  };
}

/** How the network is written: with dropout while it learns, on patches or on whole pictures. */
type Way = { readonly dropout?: TrainingHooks['dropout']; readonly whole?: boolean };

function forward(
  tape: Tape,
  network: Network,
  x: Value,
  { dropout = (value) => value, whole = false }: Way = {},
): [Value, TrainedValues] {
  const { graph } = tape;
  const shape = [parameterCount(network)];
  const flat = { name: graph.input('weights', 'float32', shape), shape };
  const strength = network.strength === true ? graph.input('strength', 'float32', [1]) : null;
  const values = trainedValues(tape, network, flat, strength);
  const hooks = { ...roundingHooks(tape, network), dropout };
  return [trainNetwork(tape, network, x, values, { ...hooks, whole }), values];
}

/**
 * Shape [N, C, H, W] of what `patches` patches of `patch` low-resolution samples are enlarged to,
 * before the last shuffle.
 */
export function targetShape(network: Network, { patches, patch }: MicroBatch): number[] {
  const shuffle = lastShuffle(network);
  const side = (patch * network.scale) / shuffle;
  return [patches, channelsOf(network) * shuffle ** 2, side, side];
}

/**
 * Shape [N, C, H, W] of the low-resolution samples of patches, with `reach` samples of context on
 * each side: by default as many as in training.
 */
export function sourceShape(
  network: Network,
  { patches, patch }: MicroBatch,
  reach = trainingReach(network),
): number[] {
  const side = patch + 2 * reach;
  return [patches, channelsOf(network), side, side];
}

/** A random list of factors that a step needs: a share of 0s, all others 1 / (1 - `share`). */
export type DropoutMask = {
  /** The graph's input. */
  readonly name: string;
  readonly share: number;
  readonly shape: readonly number[];
};

/**
 * The masks that `buildGradientModel` takes beside its other inputs, in the order of the layers;
 * none for a network without dropout.
 */
export function dropoutMasks({ blocks }: Network, { patches }: MicroBatch): DropoutMask[] {
  const shares = blocks.flatMap((block) =>
    block.kind === 'dense' && block.dropout > 0 ? [block] : [],
  );
  return shares.map(({ dropout: share, width }, i) => {
    return { name: `dropout${i}`, share, shape: [patches, width] };
  });
}

/**
 * Networks that judge pictures: feature networks, which are fixed, and discriminators, which learn.
 */
export type Critics = {
  readonly features?: FeatureNetwork | undefined;
  readonly discriminator?: Discriminator | undefined;
};

/** Whether the model that computes gradients has an input `shift` (see `shifting`). */
export function isShifted(network: Network, { features, discriminator }: Critics): boolean {
  return (features ?? discriminator) !== undefined && mostShifted(network) > 0;
}

/**
 * The model that computes loss and gradient of one micro-batch.
 *
 * Inputs: `x` of `sourceShape` in 0..1; `t` of `targetShape`, the wanted picture shuffled back
 * (which spares the graph the shuffle and its gradient); `weights` [parameters]; for a network with
 * a dial `strength` [1], that of all patches; and those of `dropoutMasks`. Losses of features need
 * `features`. The adversarial loss needs a `discriminator`, whose weights are then the input
 * `judge` [its parameters]. Either sees pictures cut by the input `shift` (see
 * `shifting`). Convolutions are written in blocks of `block` channels (see
 * `blockSize`); 0 for a graph that every runtime takes. Outputs: `loss` [1] and `gradient`
 * [parameters]; with a discriminator `judgeGradient`, by which it learns, and `right` [1], the
 * share of places on which it is right.
 */
export function buildGradientModel(
  network: Network,
  batch: MicroBatch,
  loss: Loss,
  block = 0,
  { features, discriminator }: Critics = {},
): Uint8Array {
  const count = parameterCount(network);
  const graph = new GraphBuilder('gradient');
  const tape = new Tape(graph, block);
  const input = (name: string, shape: number[]): Value => ({
    name: graph.input(name, 'float32', shape),
    shape,
  });
  const x = input('x', sourceShape(network, batch));
  const wanted = input('t', targetShape(network, batch));
  const masks = dropoutMasks(network, batch).map(({ name, shape }) => input(name, [...shape]));
  const dropout = (value: Value, share: number): Value =>
    share > 0 ? multiply(tape, value, masks.shift()!) : value;
  const [actual, values] = forward(tape, network, x, { dropout });
  const shuffle = lastShuffle(network);
  const most = isShifted(network, { features, discriminator }) ? mostShifted(network) : 0;
  const cut = most > 0 ? shifting(tape, most) : (each: Value) => each;
  const rgb = (each: Value): Value => (shuffle === 1 ? each : depthToSpace(tape, each, shuffle));
  const picture = (each: Value): Value => cut(rgb(each));
  const looks = features === undefined ? undefined : { network: features, picture };
  const contest =
    discriminator === undefined
      ? undefined
      : new Contest(tape, discriminator, picture(actual), picture(wanted));
  const value = lossOf(tape, loss, actual, wanted, { looks, rgb, verdicts: contest?.verdicts });
  tape.backward(value);
  values.gradient('gradient');
  graph.op('Reshape', [value.name, graph.ints('shape', [1])], {}, 'loss');
  graph.output('loss', 'float32', [1]);
  graph.output('gradient', 'float32', [count]);
  contest?.addLearning('judgeGradient', 'right');
  return encodeModel(graph.build());
}

/**
 * The model that enlarges one square of `side` low-resolution samples and takes the weights, which
 * still change, as an input. Inputs: `x` of `sourceShape`, `weights` [parameters] and, for a
 * network with a dial, `strength` [1]. Output: `y` of `targetShape`, before the last shuffle.
 */
export function buildForwardModel(network: Network, side: number): Uint8Array {
  const graph = new GraphBuilder('forward');
  const tape = new Tape(graph);
  const shape = sourceShape(network, { patches: 1, patch: side }, reachOf(network));
  const x = { name: graph.input('x', 'float32', shape), shape };
  const [value] = forward(tape, network, x, { whole: true });
  graph.op('Identity', [value.name], {}, 'y');
  graph.output('y', 'float32', value.shape);
  return encodeModel(graph.build());
}
