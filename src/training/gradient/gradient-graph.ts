import { roundedToCodes, roundedToWeightSteps } from '../../model/autodiff/quantisation.js';
import { Tape, type Value } from '../../model/autodiff/tape.js';
import { channelsOf, type Network, parameterCount, reachOf } from '../../model/language/network.js';
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
import { type Loss, lossOf } from './loss.js';

/** What one micro-batch holds. */
export type MicroBatch = {
  /** Patches run at once. */
  readonly patches: number;
  /** Low-resolution samples each way whose enlargement is compared. */
  readonly patch: number;
};

/** Rounds kernels and results of the layers that will compute in 8 bits as they will be. */
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

function forward(tape: Tape, network: Network, x: Value, flat: Value): [Value, TrainedValues] {
  const values = trainedValues(tape, network, flat);
  const hooks = { ...roundingHooks(tape, network), dropout: (value: Value) => value };
  return [trainNetwork(tape, network, x, values, hooks), values];
}

/**
 * Shape of what `patches` patches of `patch` low-resolution samples are enlarged to, up to the last
 * shuffle.
 */
export function targetShape(network: Network, { patches, patch }: MicroBatch): number[] {
  const shuffle = lastShuffle(network);
  const side = (patch * network.scale) / shuffle;
  return [patches, channelsOf(network) * shuffle ** 2, side, side];
}

/** Shape of the low-resolution samples of patches, with their context. */
export function sourceShape(network: Network, { patches, patch }: MicroBatch): number[] {
  const side = patch + 2 * reachOf(network);
  return [patches, channelsOf(network), side, side];
}

/**
 * The model that computes loss and gradient of one micro-batch.
 *
 * Inputs: `x` of `sourceShape` in 0..1; `t` of `targetShape`, the wanted picture shuffled back
 * (which spares the graph the shuffle and its gradient); `weights` [parameters]. Convolutions are
 * written in blocks of `block` channels (see `blockSize`); 0 for a graph that every runtime takes.
 * Outputs: `loss` [1] and `gradient` [parameters].
 */
export function buildGradientModel(
  network: Network,
  batch: MicroBatch,
  loss: Loss,
  block = 0,
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
  const flat = input('weights', [count]);
  const [actual, values] = forward(tape, network, x, flat);
  const value = lossOf(tape, loss, actual, wanted);
  tape.backward(value);
  values.gradient('gradient');
  graph.op('Reshape', [value.name, graph.ints('shape', [1])], {}, 'loss');
  graph.output('loss', 'float32', [1]);
  graph.output('gradient', 'float32', [count]);
  return encodeModel(graph.build());
}

/**
 * The model that enlarges one square of `side` low-resolution samples while weights are still in
 * motion: inputs `x` of `sourceShape` and `weights` [parameters], output `y` of `targetShape`, up
 * to the last shuffle.
 */
export function buildForwardModel(network: Network, side: number): Uint8Array {
  const graph = new GraphBuilder('forward');
  const tape = new Tape(graph);
  const shape = sourceShape(network, { patches: 1, patch: side });
  const x = { name: graph.input('x', 'float32', shape), shape };
  const count = parameterCount(network);
  const flat = { name: graph.input('weights', 'float32', [count]), shape: [count] };
  const [value] = forward(tape, network, x, flat);
  graph.op('Identity', [value.name], {}, 'y');
  graph.output('y', 'float32', value.shape);
  return encodeModel(graph.build());
}
