import { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import { elementTypes } from '../onnx/types.js';
import { addDial } from './dial.js';
import { buildQuantisedModel } from './quantised-graph.js';
import { runBlocks } from '../blocks/kinds.js';
import {
  channelsOf,
  type Network,
  parametersOf,
  type Placed,
  reachOf,
  slopeName,
  type Weights,
} from '../language/network.js';
import {
  lastShuffle,
  type PictureOperations,
  throughNetwork,
} from '../language/through-network.js';

/** The operations outside the blocks, as nodes of a model file's graph. */
export function modelOperations(graph: GraphBuilder): PictureOperations<string> {
  const shuffle = (x: string, block: number) =>
    graph.op('DepthToSpace', [x], { blocksize: block, mode: 'DCR' });
  return {
    unshuffled: (x, block) => graph.op('SpaceToDepth', [x], { blocksize: block }),
    shuffled: shuffle,
    cropped(x, by) {
      if (by === 0) return x;
      const from = graph.ints('skip.from', [by, by]);
      const to = graph.ints('skip.to', [-by, -by]);
      return graph.op('Slice', [x, from, to, graph.ints('skip.axes', [2, 3])]);
    },
    sum: (a, b) => graph.op('Add', [a, b]),
    bicubic(x, { shape, values }) {
      const kernel = graph.initializer('bicubic', 'float32', shape, values);
      return graph.op('Conv', [x, kernel], { kernel_shape: shape.slice(2), pads: [0, 0, 0, 0] });
    },
    repeated: (x, count) => graph.op('Concat', Array<string>(count).fill(x), { axis: 1 }),
    scaled(x, factor, offset) {
      const product = graph.op('Mul', [x, graph.floats('factor', factor)]);
      return graph.op('Add', [product, graph.floats('offset', offset)]);
    },
    patched(x, { size, step, units }, channels) {
      const dims = [channels * size * size, 1, size, size];
      const kernel = graph.initializer('units', 'float32', dims, units);
      const attributes = { kernel_shape: [size, size], strides: [step, step], group: channels };
      return graph.op('Conv', [x, kernel], attributes);
    },
    blended(x, { large, largeStep, window, before, after }, channels) {
      const dims = [channels * large * large, 1, large, large];
      const kernel = graph.initializer('window', 'float32', dims, window);
      const strides = [largeStep, largeStep];
      const attributes = { kernel_shape: [large, large], strides, group: channels };
      const whole = graph.op('ConvTranspose', [x, kernel], attributes);
      const from = graph.ints('picture.from', [before, before]);
      const to = graph.ints('picture.to', [-after, -after]);
      return graph.op('Slice', [whole, from, to, graph.ints('picture.axes', [2, 3])]);
    },
  };
}

/**
 * The model file of a trained network: input `x` float32 [N, C, H, W] in 0..1, output `y` [N, C,
 * scale H, scale W], not clipped. H and W must be multiples of `alignmentOf`.
 *
 * The graph begins with a Pad that repeats the edge by the network's reach, and all convolutions
 * are without padding: without that Pad, the graph runs on tiles that come with a border. The graph
 * of a network of patches cuts them out of the picture and blends them; its metadata say that tiles
 * must begin on multiples of `align`, and its weights, which are many, are kept in half precision.
 * A network with a dial has a second input `strength` [1], which is 0 where it is not given.
 */
export function buildInferenceModel(
  network: Network,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { scale, activationSteps, patches } = network;
  if (activationSteps !== undefined) {
    return buildQuantisedModel(network, weights, activationSteps, metadata);
  }
  const reach = reachOf(network);
  const channels = channelsOf(network);
  const graph = new GraphBuilder(`${network.arch}-x${scale}`);
  const x = graph.input('x', 'float32', ['N', channels, 'H', 'W']);
  const pads = graph.ints('pads', [0, 0, reach, reach, 0, 0, reach, reach]);
  const padded = graph.op('Pad', [x, pads], { mode: 'edge' }, 'padded');
  const all = parametersOf(network);
  const dial = network.strength === true ? addDial(graph) : null;
  const lists = all.slice(0, dial === null ? all.length : all.length / 2)[Symbol.iterator]();
  const constant = ({ name, shape, offset, size }: Placed): string => {
    const values = weights.subarray(offset, offset + size);
    if (patches === undefined) return graph.initializer(name, 'float32', shape, values);
    return graph.op('Cast', [graph.halves(name, shape, values)], { to: elementTypes.float32 });
  };
  const take = (): string => {
    const list = lists.next().value!;
    if (dial === null) return constant(list);
    const slope = constant(all.find(({ name }) => name === slopeName(list.name))!);
    return graph.op('Add', [constant(list), graph.op('Mul', [slope, dial])]);
  };
  const operations = modelOperations(graph);
  const result = throughNetwork(network, padded, operations, (value) =>
    runBlocks(network.blocks, value, { graph, take }),
  );
  const shuffle = lastShuffle(network);
  if (shuffle === 1) graph.op('Identity', [result], {}, 'y');
  else graph.op('DepthToSpace', [result], { blocksize: shuffle, mode: 'DCR' }, 'y');
  // Extents are names, not expressions such as "2*H", which older runtimes refuse.
  graph.output('y', 'float32', ['N', channels, 'H_out', 'W_out']);
  const facts = {
    arch: network.arch,
    scale: String(scale),
    input: network.colour,
    ...(patches === undefined ? {} : { reach: String(reach), align: String(patches.step) }),
    ...metadata,
  };
  return encodeModel(graph.build({ opset: 13, irVersion: 7, metadata: facts }));
}
