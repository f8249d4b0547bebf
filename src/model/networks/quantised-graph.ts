import { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import { coarseEnd, hasCoarseEnds, PICTURE_STEP } from './eight-bits.js';
import { dialConstants, plainConstants } from './quantised-constants.js';
import { plainLayers } from '../language/layers.js';
import { type Network, reachOf, unshuffleOf } from '../language/network.js';

/**
 * The model file of a network whose inner layers compute in 8 bits; input and output are those of
 * `buildInferenceModel`. Values between layers are uint8 with a step per layer (`steps`), weights
 * int8 with a step per channel. The first and last convolutions (from `coarseEnd` on) and the skip
 * stay float, so that pictures of more than 8 bits keep their depth. If the network has coarse ends
 * (`hasCoarseEnds`), the weights of those convolutions are multiples of a step as well, written as
 * floats: from them `eightBitGraph` makes a graph that computes 8-bit pictures in 8 bits from end
 * to end.
 */
export function buildQuantisedModel(
  network: Network,
  weights: Float32Array,
  steps: readonly number[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { scale } = network;
  const layers = plainLayers(network);
  const unshuffle = unshuffleOf(network);
  const pad = reachOf(network);
  const graph = new GraphBuilder(`int8-x${scale}`);
  const x = graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const constants =
    network.strength === true
      ? dialConstants(graph, network, weights)
      : plainConstants(graph, network, weights);
  const convolved = (i: number, value: string, stepIn: number | null): string => {
    const { kernel: k, activation } = layers[i]!;
    const inputs = [value, ...constants.float(i, hasCoarseEnds(network) ? stepIn : null)];
    const output = graph.op('Conv', inputs, { kernel_shape: [k, k], pads: [0, 0, 0, 0] });
    return activation === 'relu' ? graph.op('Relu', [output]) : output;
  };
  const pads = graph.ints('pads', [0, 0, pad, pad, 0, 0, pad, pad]);
  const padded = graph.op('Pad', [x, pads], { mode: 'edge' }, 'padded');
  const zero = graph.initializer('zero', 'uint8', [], [0]);
  const taken =
    unshuffle > 1 ? graph.op('SpaceToDepth', [padded], { blocksize: unshuffle }) : padded;
  let value = convolved(0, taken, PICTURE_STEP);
  let stepName = graph.floats('step', steps[0]!);
  value = graph.op('QuantizeLinear', [value, stepName, zero]);
  const end = coarseEnd(network);
  for (let i = 1; i < end; i++) {
    const nextStep = graph.floats('step', steps[i]!);
    const { codes, weightSteps, zeros, bias } = constants.whole(i, steps[i - 1]!);
    value = graph.op('QLinearConv', [
      ...[value, stepName, zero],
      ...[codes, weightSteps, zeros],
      ...[nextStep, zero, bias],
    ]);
    stepName = nextStep;
  }
  value = graph.op('DequantizeLinear', [value, stepName, zero]);
  for (let i = end; i < layers.length; i++) {
    value = convolved(i, value, steps.at(-1)!);
  }
  if (unshuffle > 1) {
    value = graph.op('DepthToSpace', [value], { blocksize: unshuffle, mode: 'DCR' });
  }
  if (network.skip !== 'none') {
    const [from, to] = [graph.ints('from', [pad, pad]), graph.ints('to', [-pad, -pad])];
    const cropped = graph.op('Slice', [padded, from, to, graph.ints('axes', [2, 3])]);
    value = graph.op('Add', [value, cropped]);
  }
  graph.op('DepthToSpace', [value], { blocksize: scale, mode: 'DCR' }, 'y');
  graph.output('y', 'float32', ['N', 1, 'H_out', 'W_out']);
  const facts = {
    arch: network.arch,
    scale: String(scale),
    input: 'luma',
    precision: 'int8',
    ...metadata,
  };
  return encodeModel(graph.build({ opset: 13, irVersion: 7, metadata: facts }));
}
