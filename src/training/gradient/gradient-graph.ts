import { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { encodeModel } from '../../model/onnx/model-file.js';
import {
  coarseEnd,
  hasCoarseEnds,
  PICTURE_STEP,
  RESIDUAL_ZERO,
} from '../../model/networks/eight-bits.js';
import { type Network, parameterCount, reachOf } from '../../model/networks/network.js';
import { convolve } from '../autodiff/convolution.js';
import { add, relu, tanh } from '../autodiff/pointwise.js';
import { roundedToCodes, roundedToWeightSteps } from '../autodiff/quantisation.js';
import { crop, depthToSpace, spaceToDepth } from '../autodiff/shape.js';
import { sizeOf, Tape, type Value } from '../autodiff/tape.js';
import { type Loss, lossOf } from './loss.js';

/** What one micro-batch holds. */
export type MicroBatch = {
  /** Patches run at once. */
  readonly patches: number;
  /** Low-resolution samples each way whose enlargement is compared. */
  readonly patch: number;
};

/** A layer's trainable values. */
type Parameters = { readonly kernel: Value; readonly bias: Value };

/** The network's trainable values as views of one flat list; in the order of `Weights`. */
function parametersOf(tape: Tape, network: Network, flat: Value): Parameters[] {
  const split = (whole: string, sizes: readonly number[]) =>
    tape.graph.ops('Split', [whole, tape.graph.ints('sizes', sizes)], sizes.length, { axis: 0 });
  const shapes = network.layers.map((layer) => [
    [layer.outputs, layer.inputs, layer.kernel, layer.kernel],
    [layer.outputs],
  ]);
  // By layers, then each: a node of more than 11 parts is more than WebGPU takes.
  const layers = split(
    flat.name,
    shapes.map((pair) => pair.reduce((sum, shape) => sum + sizeOf(shape), 0)),
  );
  return layers.map((layer, i) => {
    const [kernel, bias] = split(layer, shapes[i]!.map(sizeOf)).map((name, j) => {
      const shape = shapes[i]![j]!;
      const constants = [tape.graph.ints('shape', shape)];
      return tape.want(tape.node('Reshape', [{ name, shape }], shape, {}, constants));
    }) as [Value, Value];
    return { kernel, bias };
  });
}

/**
 * The network up to the shuffle: [N, 1, h + 2 reach, w + 2 reach] to [N, scale^2, h, w]. Layers that
 * will compute in 8 bits have their weights and results rounded as they will be.
 */
function forward(tape: Tape, network: Network, x: Value, flat: Value): [Value, Parameters[]] {
  const parameters = parametersOf(tape, network, flat);
  const { unshuffle, activationSteps } = network;
  const end = activationSteps === undefined ? 0 : coarseEnd(network);
  const coarseEnds = activationSteps !== undefined && hasCoarseEnds(network);
  let value = unshuffle === 1 ? x : spaceToDepth(tape, x, unshuffle);
  network.layers.forEach((layer, i) => {
    const { kernel, bias } = parameters[i]!;
    const isCoarse = coarseEnds || (i > 0 && i < end);
    value = convolve(tape, value, isCoarse ? roundedToWeightSteps(tape, kernel) : kernel, bias);
    if (layer.activation === 'relu') value = relu(tape, value);
    if (layer.activation === 'tanh') value = tanh(tape, value);
    if (i < end) value = roundedToCodes(tape, value, activationSteps![i]!);
  });
  if (coarseEnds) value = roundedToCodes(tape, value, PICTURE_STEP, RESIDUAL_ZERO);
  if (unshuffle > 1) value = depthToSpace(tape, value, unshuffle);
  if (network.skip) {
    const reach = reachOf(network);
    const [n, , h, w] = value.shape as [number, number, number, number];
    value = add(tape, value, crop(tape, x, [0, 0, reach, reach], [n, 1, h, w]));
  }
  return [value, parameters];
}

/**
 * The model that computes loss and gradient of one micro-batch.
 *
 * Inputs: `x` [N, 1, p + 2 reach, p + 2 reach] in 0..1; `t` [N, scale^2, p, p], the wanted picture
 * shuffled back (which spares the graph the shuffle and its gradient); `weights` [parameters].
 * Convolutions are written in blocks of `block` channels (see `blockSize`); 0 for a graph that every runtime takes.
 * Outputs: `loss` [1] and `gradient` [parameters].
 */
export function buildGradientModel(
  network: Network,
  batch: MicroBatch,
  loss: Loss,
  block = 0,
): Uint8Array {
  const { patches: n, patch } = batch;
  const side = patch + 2 * reachOf(network);
  const count = parameterCount(network);
  const graph = new GraphBuilder('gradient');
  const tape = new Tape(graph, block);
  const input = (name: string, shape: number[]): Value => ({
    name: graph.input(name, 'float32', shape),
    shape,
  });
  const x = input('x', [n, 1, side, side]);
  const wanted = input('t', [n, network.scale ** 2, patch, patch]);
  const flat = input('weights', [count]);
  const [actual, parameters] = forward(tape, network, x, flat);
  const value = lossOf(tape, loss, actual, wanted);
  tape.backward(value);
  const listOf = (parameter: Value) => {
    const constants = [graph.ints('shape', [sizeOf(parameter.shape)])];
    return tape.node('Reshape', [tape.gradient(parameter)], [], {}, constants).name;
  };
  const pieces = parameters.map(({ kernel, bias }) =>
    graph.op('Concat', [listOf(kernel), listOf(bias)], { axis: 0 }),
  );
  graph.op('Concat', pieces, { axis: 0 }, 'gradient');
  graph.op('Reshape', [value.name, graph.ints('shape', [1])], {}, 'loss');
  graph.output('loss', 'float32', [1]);
  graph.output('gradient', 'float32', [count]);
  return encodeModel(graph.build());
}

/**
 * The model that enlarges one square of `side` low-resolution samples while weights are still in
 * motion: inputs `x` [1, 1, side + 2 reach, side + 2 reach] and `weights` [parameters], output `y`
 * [1, scale^2, side, side], the channels ahead of the shuffle.
 */
export function buildForwardModel(network: Network, side: number): Uint8Array {
  const wide = side + 2 * reachOf(network);
  const count = parameterCount(network);
  const graph = new GraphBuilder('forward');
  const tape = new Tape(graph);
  const x = { name: graph.input('x', 'float32', [1, 1, wide, wide]), shape: [1, 1, wide, wide] };
  const flat = { name: graph.input('weights', 'float32', [count]), shape: [count] };
  const [value] = forward(tape, network, x, flat);
  graph.op('Identity', [value.name], {}, 'y');
  graph.output('y', 'float32', value.shape);
  return encodeModel(graph.build());
}
