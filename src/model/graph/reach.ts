import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/types.js';
import { valuesOf } from '../onnx/tensor-values.js';

/** What tiling needs to know of a graph. */
export type Reach = {
  /** Output samples across (and down) per input sample. */
  readonly scale: number;
  /** Input samples on each side of a place that the output there depends on. */
  readonly reach: number;
  /** Input samples that the output lacks on each side: 0 where the graph keeps the size. */
  readonly inset: number;
  /** Tiles must begin on multiples of this (strides, space to depth). */
  readonly align: number;
};

/** Operations that compute each place by itself. */
const pointwise = new Set(
  `Relu LeakyRelu PRelu Sigmoid Tanh Clip Elu Selu Celu Gelu Erf Identity Cast Dropout HardSigmoid
  HardSwish Mish Softplus Softsign Abs Neg Sqrt Exp Log Reciprocal Round Floor Ceil Pow
  BatchNormalization QuantizeLinear DequantizeLinear Mul Add Sub Div Min Max Sum Mean Concat`.split(
    /\s+/,
  ),
);

/** A node's attribute by its name. */
export function attribute(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attribute?.find((entry) => entry.name === name);
}

/** A list-of-integers attribute, or `fallback` where the node does not have it. */
export function integers(node: OnnxNode, name: string, fallback: readonly number[]): number[] {
  return (attribute(node, name)?.ints ?? fallback).map(Number);
}

function text(node: OnnxNode, name: string): string | undefined {
  const bytes = attribute(node, name)?.s;
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** All constants of a graph by name: initializers and Constant nodes. */
export function constantsOf(graph: OnnxGraph): Map<string, OnnxTensor> {
  const constants = new Map<string, OnnxTensor>();
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', tensor);
  for (const node of graph.node ?? []) {
    const value = attribute(node, 'value')?.t;
    if (node.opType === 'Constant' && value !== undefined) {
      constants.set(node.output?.[0] ?? '', value);
    }
  }
  return constants;
}

function numbers(constants: Map<string, OnnxTensor>, name: string | undefined): number[] | null {
  const tensor = name === undefined ? undefined : constants.get(name);
  return tensor === undefined ? null : Array.from(valuesOf(tensor), Number);
}

/** The value of all entries, or `null` where they differ or there are none. */
function common(values: readonly (number | null)[]): number | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

/**
 * The reach of a graph, found by following its nodes from input `from` to output `to`. `null` where
 * an operation is unknown, treats the two axes or sides unequally, or reads the whole picture: such
 * a graph runs on whole frames.
 */
export function reachOf(graph: OnnxGraph, from: string, to: string): Reach | null {
  const constants = constantsOf(graph);
  const known = new Map<string, Reach>([[from, { scale: 1, reach: 0, inset: 0, align: 1 }]]);
  for (const node of graph.node ?? []) {
    const inputs = (node.input ?? []).flatMap((name) => known.get(name) ?? []);
    if (inputs.length === 0) continue; // Works on constants only.
    const merged = merge(inputs);
    const after = merged === null ? null : step(node, merged, constants);
    if (after === null) return null;
    for (const name of node.output ?? []) known.set(name, after);
  }
  const found = known.get(to);
  // Fractions of samples, such as thirds, do not add up exactly in floating point.
  return found === undefined ? null : { ...found, inset: Math.round(found.inset * 1e6) / 1e6 };
}

function merge(inputs: readonly Reach[]): Reach | null {
  const scale = common(inputs.map((input) => input.scale));
  const inset = common(inputs.map((input) => input.inset));
  if (scale === null || inset === null) return null;
  return {
    scale,
    inset,
    reach: Math.max(...inputs.map((input) => input.reach)),
    align: inputs.reduce((align, input) => leastMultiple(align, input.align), 1),
  };
}

function leastMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

function step(node: OnnxNode, at: Reach, constants: Map<string, OnnxTensor>): Reach | null {
  if (pointwise.has(node.opType)) {
    const axis = Number(attribute(node, 'axis')?.i ?? 1);
    return node.opType === 'Concat' && axis !== 1 && axis !== -3 ? null : at;
  }
  const block = Number(attribute(node, 'blocksize')?.i ?? 0);
  switch (node.opType) {
    case 'DepthToSpace':
      return { ...at, scale: at.scale * block };
    case 'SpaceToDepth':
      return reducedBy(at, block);
    case 'Split':
      return Number(attribute(node, 'axis')?.i ?? 0) === 1 ? at : null;
    case 'Conv':
    case 'ConvInteger':
    case 'QLinearConv':
    case 'MaxPool':
    case 'AveragePool':
      return windowStep(node, at, constants);
    case 'ConvTranspose':
      return transposedStep(node, at, constants);
    case 'Resize':
    case 'Upsample':
      return resizeStep(node, at, constants);
    case 'Pad':
      return padStep(node, at, constants);
    case 'Slice':
      return sliceStep(node, at, constants);
    default:
      return null;
  }
}

/** After a step to a grid `factor` times coarser: tiles must begin where a coarse sample does. */
function reducedBy(at: Reach, factor: number): Reach {
  const scale = at.scale / factor;
  const align = scale < 1 ? leastMultiple(at.align, Math.round(1 / scale)) : at.align;
  return { ...at, scale, align, reach: at.reach + (factor - 1) / at.scale };
}

function kernelOf(node: OnnxNode, constants: Map<string, OnnxTensor>): number | null {
  const shape = attribute(node, 'kernel_shape')?.ints?.map(Number);
  if (shape !== undefined) return common(shape);
  const position = node.opType === 'QLinearConv' ? 3 : 1;
  const dims = constants.get(node.input?.[position] ?? '')?.dims?.map(Number);
  return dims?.length === 4 ? common(dims.slice(2)) : null;
}

function windowStep(node: OnnxNode, at: Reach, constants: Map<string, OnnxTensor>): Reach | null {
  const kernel = kernelOf(node, constants);
  const dilation = common(integers(node, 'dilations', [1, 1]));
  const stride = common(integers(node, 'strides', [1, 1]));
  if (kernel === null || dilation === null || stride === null) return null;
  const span = dilation * (kernel - 1);
  const auto = text(node, 'auto_pad') ?? 'NOTSET';
  if (stride !== 1) {
    // Where the coarse samples lie depends on the pads: the reach is enough for any pads.
    const keeps =
      auto.startsWith('SAME') || integers(node, 'pads', [0, 0, 0, 0]).some((p) => p > 0);
    if (!keeps && span > 0) return null;
    return reducedBy({ ...at, reach: at.reach + span / at.scale }, stride);
  }
  const pad = auto.startsWith('SAME') ? span / 2 : common(integers(node, 'pads', [0, 0, 0, 0]));
  if (pad === null || span % 2 !== 0) return null;
  return {
    ...at,
    reach: at.reach + span / 2 / at.scale,
    inset: at.inset + (span / 2 - pad) / at.scale,
  };
}

function transposedStep(
  node: OnnxNode,
  at: Reach,
  constants: Map<string, OnnxTensor>,
): Reach | null {
  const kernel = kernelOf(node, constants);
  const stride = common(integers(node, 'strides', [1, 1]));
  const pads = integers(node, 'pads', [0, 0, 0, 0]);
  const more = common(integers(node, 'output_padding', [0, 0]));
  if (kernel === null || stride === null || more === null) return null;
  const total = [pads[0]! + pads[2]!, pads[1]! + pads[3]!];
  // Only an output of exactly `stride` times the size can be tiled.
  if (total.some((sum) => kernel - stride - sum + more !== 0)) return null;
  return {
    ...at,
    scale: at.scale * stride,
    reach: at.reach + Math.ceil(kernel / stride) / at.scale,
  };
}

function resizeStep(node: OnnxNode, at: Reach, constants: Map<string, OnnxTensor>): Reach | null {
  const scales =
    numbers(constants, node.opType === 'Upsample' ? node.input?.[1] : node.input?.[2]) ??
    attribute(node, 'scales')?.floats ??
    [];
  if (scales.length !== 4 || scales[0] !== 1 || scales[1] !== 1) return null;
  const factor = common(scales.slice(2));
  if (factor === null || !Number.isInteger(factor)) return null;
  if (text(node, 'coordinate_transformation_mode') === 'align_corners') return null;
  return { ...at, scale: at.scale * factor, reach: at.reach + 3 / at.scale };
}

function padStep(node: OnnxNode, at: Reach, constants: Map<string, OnnxTensor>): Reach | null {
  const pads = numbers(constants, node.input?.[1]) ?? attribute(node, 'pads')?.ints?.map(Number);
  if (pads?.length !== 8 || [0, 1, 4, 5].some((i) => pads[i] !== 0)) return null;
  const pad = common([pads[2]!, pads[3]!, pads[6]!, pads[7]!]);
  if (pad === null || text(node, 'mode') === 'wrap') return null;
  // A reflected border comes from as far inside the picture as the pad is wide.
  const inward = text(node, 'mode') === 'reflect' ? pad / at.scale : 0;
  return { ...at, reach: at.reach + inward, inset: at.inset - pad / at.scale };
}

function sliceStep(node: OnnxNode, at: Reach, constants: Map<string, OnnxTensor>): Reach | null {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => numbers(constants, node.input?.[i]));
  if (starts == null || ends == null || axes == null) return null;
  if (steps?.some((value) => value !== 1)) return null;
  const cut: Record<number, number> = { 2: 0, 3: 0 };
  for (const [i, axis] of axes.entries()) {
    const place = axis < 0 ? axis + 4 : axis;
    if (place === 1) continue; // Channels only.
    if (place === 0 || starts[i] !== -ends[i]!) return null;
    cut[place] = starts[i]!;
  }
  return cut[2] === cut[3] ? { ...at, inset: at.inset + cut[2]! / at.scale } : null;
}
