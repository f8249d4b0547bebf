import { layerWeights, type Network, reachOf, type Weights } from './network.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import { buildQuantisedModel } from './quantised-graph.js';

/**
 * The model file of a trained network: input `x` float32 [N, 1, H, W] in 0..1, output `y`
 * [N, 1, scale H, scale W], not clipped. One leading Pad (edge) by the network's reach, then valid
 * convolutions: cutting that Pad off gives the graph that runs on tiles which bring their own border.
 * H and W must be multiples of `unshuffle`.
 */
export function buildInferenceModel(
  network: Network,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { scale, activationSteps } = network;
  if (activationSteps !== undefined) {
    return buildQuantisedModel(network, weights, activationSteps, metadata);
  }
  const reach = reachOf(network);
  const graph = new GraphBuilder(`${network.arch}-x${scale}`);
  const x = graph.input('x', 'float32', ['N', 1, 'H', 'W']);
  const pads = graph.ints('pads', [0, 0, reach, reach, 0, 0, reach, reach]);
  const padded = graph.op('Pad', [x, pads], { mode: 'edge' }, 'padded');
  let value = padded;
  const { unshuffle } = network;
  if (unshuffle > 1) value = graph.op('SpaceToDepth', [value], { blocksize: unshuffle });
  layerWeights(network, weights).forEach(({ kernel, bias }, i) => {
    const layer = network.layers[i]!;
    const { kernel: k, inputs, outputs, activation } = layer;
    const w = graph.initializer(`conv${i}.weight`, 'float32', [outputs, inputs, k, k], kernel);
    const b = graph.initializer(`conv${i}.bias`, 'float32', [outputs], bias);
    value = graph.op('Conv', [value, w, b], { kernel_shape: [k, k], pads: [0, 0, 0, 0] });
    if (activation !== 'none') value = graph.op(activation === 'relu' ? 'Relu' : 'Tanh', [value]);
  });
  if (unshuffle > 1) {
    value = graph.op('DepthToSpace', [value], { blocksize: unshuffle, mode: 'DCR' });
  }
  if (network.skip) {
    const from = graph.ints('skip.from', [reach, reach]);
    const to = graph.ints('skip.to', [-reach, -reach]);
    const cropped = graph.op('Slice', [padded, from, to, graph.ints('skip.axes', [2, 3])]);
    value = graph.op('Add', [value, cropped]);
  }
  graph.op('DepthToSpace', [value], { blocksize: scale, mode: 'DCR' }, 'y');
  // Names that no expression needs: runtimes of any age take them.
  graph.output('y', 'float32', ['N', 1, 'H_out', 'W_out']);
  const facts = { arch: network.arch, scale: String(scale), input: 'luma', ...metadata };
  return encodeModel(graph.build({ opset: 13, irVersion: 7, metadata: facts }));
}
