import { attributeTypes, elementTypes, type OnnxGraph, type OnnxNode } from '../onnx/types.js';
import { halfTensor, LARGEST_HALF } from '../onnx/half-float.js';
import { valuesOf } from '../onnx/tensor-values.js';
import { constantsOf } from './reach.js';

/**
 * Operations that take nearly all of the time: they compute in half precision wherever they can.
 */
const heavy = new Set(['Conv', 'ConvTranspose']);

/** Operations that compute in half precision where all their inputs are in it. */
const following = new Set(
  'Relu LeakyRelu PRelu Tanh Sigmoid Clip Add Sub Mul Concat Identity DepthToSpace SpaceToDepth'.split(
    ' ',
  ),
);

/** Constants that only a Cast reads: they are in half precision only to make the file smaller. */
export function onlyKeptInHalf({ node = [], initializer = [] }: OnnxGraph): Set<string> {
  const read = new Set(
    node.filter(({ opType }) => opType !== 'Cast').flatMap(({ input }) => input ?? []),
  );
  return new Set(
    initializer.flatMap(({ dataType, name = '' }) =>
      dataType === elementTypes.float16 && !read.has(name) ? [name] : [],
    ),
  );
}

/**
 * Whether a graph is one that `halfPrecision` knows how to change: single precision, without inner
 * graphs.
 */
export function canHalve(graph: OnnxGraph): boolean {
  const { float16, bfloat16, float64 } = elementTypes;
  const others = new Set<number>([float16, bfloat16, float64]);
  const kept = onlyKeptInHalf(graph);
  const tensors = [...constantsOf(graph).values()].filter(({ name = '' }) => !kept.has(name));
  const attributes = (graph.node ?? []).flatMap((node) => node.attribute ?? []);
  return (
    !tensors.some(({ dataType }) => others.has(dataType ?? 0)) &&
    !attributes.some(({ name, i }) => name === 'to' && others.has(Number(i))) &&
    !attributes.some(({ g, graphs }) => g !== undefined || (graphs ?? []).length > 0)
  );
}

/**
 * The graph with its convolutions, and the operations between them, in 16-bit floating point:
 * constants converted, casts where single and half precision meet. Inputs and outputs keep their
 * names and types, and an addition of a value in single precision, such as a long skip, stays in
 * single precision. For graphs that `canHalve` accepts.
 */
export function halfPrecision(graph: OnnxGraph): OnnxGraph {
  const constants = constantsOf(graph);
  const nodes: OnnxNode[] = [];
  const initializer = [...(graph.initializer ?? [])];
  /** Values that exist in half precision, as `<name>/half`. */
  const halves = new Set<string>();
  /** Those of them that do not exist in single precision yet. */
  const onlyHalf = new Set<string>();
  const cast = (from: string, to: string, type: number): void => {
    const attribute = [{ name: 'to', type: attributeTypes.int, i: type }];
    nodes.push({ input: [from], output: [to], name: `Cast:${to}`, opType: 'Cast', attribute });
  };
  const half = (name: string): string => {
    if (name === '') return name;
    const constant = constants.get(name);
    if (constant !== undefined && constant.dataType !== elementTypes.float32) return name;
    const halved = `${name}/half`;
    if (halves.has(name)) return halved;
    halves.add(name);
    if (constant === undefined) cast(name, halved, elementTypes.float16);
    else
      initializer.push(halfTensor(halved, constant.dims, Array.from(valuesOf(constant), Number)));
    return halved;
  };
  const single = (name: string): void => {
    if (onlyHalf.delete(name)) cast(`${name}/half`, name, elementTypes.float32);
  };
  const fits = (name: string): boolean => {
    const constant = constants.get(name);
    if (constant?.dataType !== elementTypes.float32) return true;
    return (valuesOf(constant) as Float32Array).every((value) => Math.abs(value) <= LARGEST_HALF);
  };
  for (const node of graph.node ?? []) {
    const inputs = node.input ?? [];
    const given = inputs.filter((name) => name !== '' && !constants.has(name));
    const follows =
      following.has(node.opType) && given.length > 0 && given.every((name) => halves.has(name));
    if ((heavy.has(node.opType) || follows) && inputs.every(fits)) {
      const outputs = node.output ?? [];
      const input = inputs.map(half);
      nodes.push({ ...node, input, output: outputs.map((name) => `${name}/half`) });
      for (const name of outputs) {
        halves.add(name);
        onlyHalf.add(name);
      }
    } else {
      inputs.forEach(single);
      nodes.push(node);
    }
  }
  for (const { name } of graph.output ?? []) single(name);
  const used = new Set(nodes.flatMap((node) => node.input ?? []));
  return {
    ...graph,
    node: nodes,
    initializer: initializer.filter(({ name }) => used.has(name ?? '')),
  };
}
