import { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import { coarseEnd, hasCoarseEnds, PICTURE_STEP } from './eight-bits.js';
import { valuesOfWhole, wholeWeights } from './whole-weights.js';
import { type Layer, type LayerWeights, layerWeights, plainLayers } from '../language/layers.js';
import { type Network, reachOf, unshuffleOf } from '../language/network.js';

/**
 * The model file of a network whose inner layers compute in 8 bits; input and output as
 * `buildInferenceModel` has them. Values between layers are uint8 with one step a layer (`steps`),
 * weights int8 with one step a channel. The first and the last convolutions (`coarseEnd`) and the
 * skip stay float, so that pictures of more than 8 bits keep them. Where the network has coarse
 * ends (`hasCoarseEnds`) the weights of those two are whole numbers of steps as well, written as
 * floats: `eightBitGraph` makes a graph of them that computes 8-bit pictures in 8 bits from end to
 * end.
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
  const values = layerWeights(network, weights);
  if (hasCoarseEnds(network)) {
    values[0] = inWholeSteps(values[0]!, PICTURE_STEP);
    values.push(inWholeSteps(values.pop()!, steps.at(-1)!));
  }
  const graph = new GraphBuilder(`int8-x${scale}`);
  const x = graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const pads = graph.ints('pads', [0, 0, pad, pad, 0, 0, pad, pad]);
  const padded = graph.op('Pad', [x, pads], { mode: 'edge' }, 'padded');
  const zero = graph.initializer('zero', 'uint8', [], [0]);
  const taken =
    unshuffle > 1 ? graph.op('SpaceToDepth', [padded], { blocksize: unshuffle }) : padded;
  let value = floatConvolution(graph, 'float0', taken, layers[0]!, values[0]!);
  let stepName = graph.floats('step', steps[0]!);
  value = graph.op('QuantizeLinear', [value, stepName, zero]);
  const end = coarseEnd(network);
  for (let i = 1; i < end; i++) {
    const { outputs, inputs, kernel } = layers[i]!;
    const coarse = wholeWeights(values[i]!.kernel, values[i]!.bias, steps[i - 1]!);
    const nextStep = graph.floats('step', steps[i]!);
    value = graph.op('QLinearConv', [
      ...[value, stepName, zero],
      graph.initializer('weights', 'int8', [outputs, inputs, kernel, kernel], coarse.codes),
      graph.floats('weightSteps', coarse.steps),
      graph.initializer('weightZeros', 'int8', [outputs], new Int8Array(outputs)),
      ...[nextStep, zero],
      graph.initializer('bias', 'int32', [outputs], coarse.bias),
    ]);
    stepName = nextStep;
  }
  value = graph.op('DequantizeLinear', [value, stepName, zero]);
  for (let i = end; i < layers.length; i++) {
    value = floatConvolution(graph, `float${i}`, value, layers[i]!, values[i]!);
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

function floatConvolution(
  graph: GraphBuilder,
  name: string,
  input: string,
  { outputs, inputs, kernel: k, activation }: Layer,
  { kernel, bias }: LayerWeights,
): string {
  const w = graph.initializer(`${name}.weight`, 'float32', [outputs, inputs, k, k], kernel);
  const b = graph.initializer(`${name}.bias`, 'float32', [outputs], bias);
  const output = graph.op('Conv', [input, w, b], { kernel_shape: [k, k], pads: [0, 0, 0, 0] });
  return activation === 'relu' ? graph.op('Relu', [output]) : output;
}

/** Weights and biases rounded to whole numbers of steps. */
function inWholeSteps({ kernel, bias }: LayerWeights, stepIn: number): LayerWeights {
  return valuesOfWhole(wholeWeights(kernel, bias, stepIn), stepIn);
}
