import { badValue, VsrError } from '../../errors.js';
import type { Value } from '../autodiff/tape.js';
import { Tape } from '../autodiff/tape.js';
import { decodeModel } from '../onnx/model-file.js';
import { valuesOf } from '../onnx/tensor-values.js';
import type { OnnxGraph, OnnxTensor } from '../onnx/types.js';
import { constantsOf } from '../graph/reach.js';
import { type NodeReader, readableOperations, readers } from './read-nodes.js';

/**
 * A network given by the user, such as VGG, by whose outputs two pictures are compared (a
 * perceptual loss, https://arxiv.org/abs/1603.08155).
 */
export type FeatureNetwork = {
  readonly graph: OnnxGraph;
  /** The name of its input: RGB in 0..1, [N, 3, H, W]. */
  readonly input: string;
  /** The names of the outputs that are compared. */
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
};

/**
 * Reads a feature network to compare its outputs `wanted`, or all if that is empty. Throws VsrError
 * `model` for one that does not take RGB or has an operation without a reader, and VsrError
 * `option` for one that lacks an output.
 */
export function readFeatures(
  bytes: Uint8Array,
  file: string,
  wanted: readonly string[],
): FeatureNetwork {
  const graph = decodeModel(bytes, file).graph!;
  const constants = constantsOf(graph);
  const [input, ...others] = (graph.input ?? []).filter(({ name }) => !constants.has(name));
  const channels = Number(input?.type?.tensorType?.shape?.dim?.[1]?.dimValue ?? 0);
  if (input === undefined || others.length > 0 || channels !== 3) {
    throw new VsrError('model', `Expected a network of one RGB picture [N, 3, H, W] in ${file}.`);
  }
  const names = (graph.output ?? []).map(({ name }) => name);
  for (const name of wanted) {
    if (!names.includes(name)) {
      throw badValue(
        `one of the outputs of ${file}, ${names.join(', ')},`,
        '--feature-outputs',
        name,
      );
    }
  }
  for (const { opType, name } of graph.node ?? []) {
    if (opType in readers) continue;
    const which = name === undefined || name === '' ? '' : ` ("${name}")`;
    throw new VsrError(
      'model',
      `The feature network ${file} has the operation ${opType}${which}, which is not supported: export it with only ${readableOperations.join(', ')}.`,
    );
  }
  return { graph, input: input.name, outputs: wanted.length > 0 ? wanted : names, constants };
}

/**
 * The features of `picture`, RGB in 0..1 [N, 3, H, W]: a value for each of `network.outputs`. The
 * network's weights are constants, so only the picture gets a gradient. Throws VsrError `option`
 * for pictures that are too small for the network.
 */
export function featuresOf(tape: Tape, network: FeatureNetwork, picture: Value): Value[] {
  const { graph, constants, outputs } = network;
  const known = new Map<string, Value>([[network.input, picture]]);
  const constant = (name: string): Value | undefined => {
    const tensor = constants.get(name);
    if (tensor === undefined) return undefined;
    const shape = (tensor.dims ?? []).map(Number);
    const values = Float32Array.from(valuesOf(tensor) as Float32Array, Number);
    const value = {
      name: tape.graph.initializer(`feature.${name}`, 'float32', shape, values),
      shape,
    };
    known.set(name, value);
    return value;
  };
  const needed = neededFor(graph, outputs);
  for (const node of graph.node ?? []) {
    const [output] = node.output ?? [];
    if (output === undefined || !needed.has(output)) continue;
    if (constants.has(output)) continue;
    const inputs = (node.input ?? []).map((name) => known.get(name) ?? constant(name));
    const read = readers[node.opType] as NodeReader;
    const value = read(tape, node, inputs as Value[], constants);
    if (value.shape.some((extent) => extent < 1)) {
      const size = picture.shape.slice(2).reverse().join('x');
      throw new VsrError(
        'option',
        `Pictures of ${size} are too small for the features ${outputs.join(', ')}: give a larger --patch or others by --feature-outputs.`,
      );
    }
    known.set(output, value);
  }
  return outputs.map((name) => known.get(name)!);
}

/** The names of all values that `outputs` depend on; nothing else is computed. */
function neededFor(graph: OnnxGraph, outputs: readonly string[]): Set<string> {
  const needed = new Set(outputs);
  for (const { input = [], output = [] } of [...(graph.node ?? [])].reverse()) {
    if (output.some((name) => needed.has(name))) input.forEach((name) => needed.add(name));
  }
  return needed;
}
