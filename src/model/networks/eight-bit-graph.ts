import { constantsOf } from '../graph/reach.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { valuesOf } from '../onnx/tensor-values.js';
import { elementTypes, type OnnxGraph, type OnnxNode } from '../onnx/types.js';
import { LARGEST_CODE } from '../autodiff/eight-bit-codes.js';
import { PICTURE_STEP, RESIDUAL_ZERO } from './eight-bits.js';
import { exactWholeWeights, type WholeWeights } from './whole-weights.js';

/** A float convolution whose weights and biases are multiples of a step, with their codes. */
type WholeConvolution = {
  readonly node: OnnxNode;
  /** [outputs, inputs, height, width] */
  readonly dims: readonly number[];
  readonly weights: WholeWeights;
};

/** The first and last nodes of a graph that computes in 8 bits between them. */
type Ends = {
  /** At the beginning, in order: convolution, relu, from floats to codes. */
  readonly head: WholeConvolution;
  readonly relu: OnnxNode;
  readonly quantise: OnnxNode;
  /**
   * At the end: from codes to floats, the last convolution, the addition of the picture, shuffle.
   */
  readonly dequantise: OnnxNode;
  readonly tail: WholeConvolution;
  readonly add: OnnxNode;
  readonly shuffle: OnnxNode;
};

/** Prefix of the names of all values that this module adds. */
const prefix = 'ends/';

/**
 * A graph for 8-bit pictures only, in which the first and the last convolution compute in 8 bits as
 * well: `input` and `output` are uint8. `graph` is that of an 8-bit copy with coarse ends
 * (`hasCoarseEnds`), without its Pad and with its shuffle folded (`foldedShuffle`); the result is
 * `null` for any other. The picture is the same but for two things: a sum halfway between two codes
 * may be rounded to either, and what the layers add to the picture is clipped to -128 to 127 steps,
 * about half of its range.
 *
 * - The first convolution takes the codes of the picture. The runtime's fast kernels need four
 *   input channels: the picture shifted by 0, 1 and 2 samples, and a spare one with weights of 0.
 *   The 3x3 kernels become 3x1.
 * - The result of the last convolution is rounded to whole steps of the picture, to which the sum
 *   with the picture would be rounded anyway.
 */
export function eightBitGraph(graph: OnnxGraph, input: string, output: string): OnnxGraph | null {
  const ends = endsOf(graph, input, output);
  if (ends === null) return null;
  const { head, relu, quantise, dequantise, tail, add, shuffle } = ends;
  const builder = new GraphBuilder(graph.name ?? '');
  builder.input(input, 'uint8', [1, 1, 'H', 'W']);
  const replaced = new Set([head.node, relu, quantise, dequantise, tail.node, add, shuffle]);
  const name = (what: string): string => builder.unique(prefix + what);
  const byte = (what: string, code: number): string =>
    builder.initializer(prefix + what, 'uint8', [], [code]);
  const step = builder.floats(`${prefix}step`, PICTURE_STEP);

  const shifted = [0, 1, 2].map((by) => {
    const from = builder.ints(`${prefix}from`, [by]);
    // An end beyond the last sample means the last sample.
    const to = builder.ints(`${prefix}to`, [by < 2 ? by - 2 : Number.MAX_SAFE_INTEGER]);
    const axis = builder.ints(`${prefix}axis`, [3]);
    return builder.op('Slice', [input, from, to, axis], {}, name('shifted'));
  });
  const spare = shifted[0]!;
  const four = builder.op('Concat', [...shifted, spare], { axis: 1 }, name('four'));
  const first = { ...head, dims: [head.dims[0]!, 4, 3, 1], weights: asColumns(head.weights) };
  const [, codeStep = '', codeZero = ''] = quantise.input!;
  const codes = quantise.output![0]!;
  wholeConvolution(builder, first, [four, step, byte('dark', 0)], [codeStep, codeZero], {
    output: codes,
  });

  const picture = builder.op('Cast', [input], { to: elementTypes.float32 }, name('picture'));
  const kept = (graph.node ?? []).filter((node) => !replaced.has(node));
  const read = (value: string): string => (value === input ? picture : value);
  builder.append({
    ...graph,
    node: kept.map((node) => ({ ...node, input: (node.input ?? []).map(read) })),
  });

  const middle = byte('middle', RESIDUAL_ZERO);
  const residual = name('residual');
  wholeConvolution(builder, tail, dequantise.input!, [step, middle], {
    output: residual,
    stride: 2,
  });
  const whole = [residual, builder.floats(`${prefix}one`, 1), middle];
  const added = builder.op('DequantizeLinear', whole, {}, name('added'));
  const skip = add.input!.find((value) => value !== tail.node.output![0])!;
  const sum = builder.op('Add', [added, skip], {}, name('sum'));
  const large = builder.op('DepthToSpace', [sum], { blocksize: 4, mode: 'DCR' }, name('large'));
  const [low, high] = [builder.floats(`${prefix}low`, 0), builder.floats(`${prefix}high`, 255)];
  const clipped = builder.op('Clip', [large, low, high], {}, name('clipped'));
  builder.op('Cast', [clipped], { to: elementTypes.uint8 }, output);
  builder.output(output, 'uint8', [1, 1, 'H_out', 'W_out']);
  return builder.build().graph!;
}

/**
 * Kernels of 3x3 for one input channel as kernels of 3x1 for four: a column for each shifted
 * channel, and zeros for the spare one.
 */
function asColumns({ codes, steps, bias }: WholeWeights): WholeWeights {
  const outputs = bias.length;
  const columns = new Int8Array(outputs * 12);
  for (let o = 0; o < outputs; o++) {
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 3; x++) columns[o * 12 + x * 3 + y] = codes[o * 9 + y * 3 + x]!;
    }
  }
  return { codes: columns, steps, bias };
}

/**
 * Adds a convolution in 8 bits. `from` names the value, its step and its zero point; `to` names the
 * result's step and zero point.
 */
function wholeConvolution(
  builder: GraphBuilder,
  { dims, weights }: Pick<WholeConvolution, 'dims' | 'weights'>,
  from: readonly string[],
  to: readonly string[],
  { output, stride = 1 }: { readonly output: string; readonly stride?: number },
): void {
  const outputs = dims[0]!;
  const inputs = [
    ...from,
    builder.initializer(`${prefix}weights`, 'int8', dims, weights.codes),
    builder.floats(`${prefix}weightSteps`, weights.steps),
    builder.initializer(`${prefix}weightZeros`, 'int8', [outputs], new Int8Array(outputs)),
    ...to,
    builder.initializer(`${prefix}bias`, 'int32', [outputs], weights.bias),
  ];
  const attributes = { kernel_shape: dims.slice(2), strides: [stride, stride] };
  builder.op('QLinearConv', inputs, { ...attributes, pads: [0, 0, 0, 0] }, output);
}

function endsOf(graph: OnnxGraph, input: string, output: string): Ends | null {
  const nodes = graph.node ?? [];
  const usersOf = (value: string): OnnxNode[] =>
    nodes.filter((node) => node.input?.includes(value));
  const onlyUser = (node: OnnxNode | undefined, opType: string): OnnxNode | null => {
    const users = usersOf(node?.output?.[0] ?? '');
    return users.length === 1 && users[0]!.opType === opType ? users[0]! : null;
  };
  const constants = constantsOf(graph);
  const numbersOf = (value: string | undefined): readonly number[] => {
    const tensor = constants.get(value ?? '');
    return tensor === undefined ? [] : Array.from(valuesOf(tensor), Number);
  };

  const [first, ...others] = usersOf(input).filter(({ opType }) => opType === 'Conv');
  const relu = onlyUser(first, 'Relu');
  const quantise = relu === null ? null : onlyUser(relu, 'QuantizeLinear');
  const dequantise = nodes.find(({ opType }) => opType === 'DequantizeLinear');
  const last = onlyUser(dequantise, 'Conv');
  const add = last === null ? null : onlyUser(last, 'Add');
  const shuffle = add === null ? null : onlyUser(add, 'DepthToSpace');
  if (first === undefined || others.length > 0 || relu === null || quantise === null) return null;
  if (dequantise === undefined || last === null || add === null || shuffle === null) return null;
  if (shuffle.output![0] !== output || numbersOf(quantise.input![2]).join() !== '0') return null;
  const head = wholeConvolutionOf(graph, first, PICTURE_STEP);
  const [stepIn] = numbersOf(dequantise.input![1]);
  const tail = wholeConvolutionOf(graph, last, stepIn ?? LARGEST_CODE);
  if (head?.dims.slice(1).join() !== '1,3,3' || tail?.dims[0] !== 16) return null;
  return { head, relu, quantise, dequantise, tail, add, shuffle };
}

/** The convolution `node`, or `null` unless its weights and biases are multiples of a step. */
function wholeConvolutionOf(
  graph: OnnxGraph,
  node: OnnxNode,
  stepIn: number,
): WholeConvolution | null {
  const constants = constantsOf(graph);
  const [kernel, bias] = [1, 2].map((i) => constants.get(node.input?.[i] ?? ''));
  if (kernel?.dataType !== elementTypes.float32 || bias === undefined) return null;
  const values = [kernel, bias].map((tensor) => valuesOf(tensor) as Float32Array);
  const weights = exactWholeWeights(values[0]!, values[1]!, stepIn);
  return weights === null ? null : { node, dims: kernel.dims!.map(Number), weights };
}
