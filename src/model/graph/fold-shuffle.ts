import { tensorOf, valuesOf } from '../onnx/tensor-values.js';
import {
  attributeTypes,
  elementTypes,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from '../onnx/types.js';
import { attribute, constantsOf, integers } from './reach.js';

/** Output channels of the convolution that is folded: one picture of twice the width and height. */
const outputs = 4;

/** Output channels after folding: four for each of 2x2 neighbouring places. */
const folded = 4 * outputs;

/** The last nodes of a graph that can be folded. */
type Tail = {
  readonly conv: OnnxNode;
  /** [4, channels, size, size] */
  readonly weights: OnnxTensor;
  readonly bias: OnnxTensor | null;
  /** The addition of a crop of the input to all four outputs. */
  readonly add: OnnxNode | null;
  readonly shuffle: OnnxNode;
};

/**
 * Whether folding makes the runtime's CPU provider faster on this processor. On x64 its
 * convolutions compute blocks of 16 output channels (AVX-512) or 8 (AVX2), most of which four alone
 * waste. Where it multiplies matrices of any height instead, as on ARM, the zeros in folded kernels
 * would be more work.
 */
export function foldingPays(): boolean {
  return process.arch === 'x64';
}

/**
 * The graph with its last convolution and shuffle computed for 2x2 neighbouring places at once;
 * `null` for graphs that do not end in Conv (without padding, of four output channels, larger than
 * 1x1), optionally Add of a crop of `input`, and DepthToSpace(2). `input` has one channel; the
 * picture before the shuffle must have an even width and height.
 *
 * A kernel of k x k becomes one of (k + 1) x (k + 1) with stride 2 and 16 output channels: for each
 * of the 2x2 places the four old kernels, moved to that place, with zeros elsewhere. In blocks of
 * 16 channels that is 16 (k + 1)^2 / 4 products per place and input channel instead of 16 k^2. Each
 * sum keeps the order of its terms, with zeros between them.
 */
export function foldedShuffle(graph: OnnxGraph, input: string, output: string): OnnxGraph | null {
  const tail = tailOf(graph, input, output);
  if (tail === null) return null;
  const { conv, weights, bias, add, shuffle } = tail;
  const size = Number(weights.dims![2]);
  const name = (what: string): string => `${output}/folded/${what}`;
  const initializer = [...(graph.initializer ?? [])];
  const constant = (what: string, dims: readonly number[], values: Float32Array): string => {
    initializer.push(tensorOf(name(what), 'float32', dims, values));
    return name(what);
  };
  const replaced = new Map<OnnxNode, readonly OnnxNode[]>();
  const [sum] = conv.output!;
  const channels = Number(weights.dims![1]);
  const kernels = constant(
    'weights',
    [folded, channels, size + 1, size + 1],
    foldedKernels(valuesOf(weights) as Float32Array, channels, size),
  );
  const biases =
    bias === null ? [] : [constant('bias', [folded], foldedBias(valuesOf(bias) as Float32Array))];
  replaced.set(conv, [convolution([conv.input![0]!, kernels, ...biases], sum!, size + 1)]);
  if (add !== null) {
    // Each of the 2x2 samples goes to its own four outputs. As a convolution, this stays in the
    // runtime's blocked layout.
    const own = constant('own', [folded, 1, 2, 2], foldedKernels(ones(), 1, 1));
    const skip = add.input!.find((value) => value !== sum)!;
    const spread = convolution([skip, own], name('skip'), 2);
    const terms = add.input!.map((value) => (value === skip ? name('skip') : value));
    replaced.set(add, [spread, { ...add, input: terms }]);
  }
  const attributes = (shuffle.attribute ?? []).filter((entry) => entry.name !== 'blocksize');
  const block = { name: 'blocksize', type: attributeTypes.int, i: outputs };
  replaced.set(shuffle, [{ ...shuffle, attribute: [...attributes, block] }]);
  const node = (graph.node ?? []).flatMap((old) => replaced.get(old) ?? [old]);
  return { ...graph, node, initializer };
}

function tailOf(graph: OnnxGraph, input: string, output: string): Tail | null {
  const nodes = graph.node ?? [];
  const makerOf = (value: string): OnnxNode | undefined =>
    nodes.find((node) => node.output?.includes(value));
  const usedOnce = (value: string): boolean =>
    nodes.flatMap((node) => node.input ?? []).filter((name) => name === value).length === 1;
  const shuffle = makerOf(output);
  if (shuffle?.opType !== 'DepthToSpace' || Number(attribute(shuffle, 'blocksize')?.i) !== 2) {
    return null;
  }
  const before = makerOf(shuffle.input![0]!);
  const add = before?.opType === 'Add' ? before : null;
  const makers = add === null ? [before] : add.input!.map(makerOf);
  const conv = makers.find((node) => node?.opType === 'Conv');
  if (conv === undefined || !isPlain(conv)) return null;
  if (add !== null) {
    const crop = makers.find((node) => node !== conv);
    if (crop?.opType !== 'Slice' || crop.input?.[0] !== input) return null;
  }
  if (![conv, ...(add === null ? [] : [add])].every((node) => usedOnce(node.output![0]!))) {
    return null;
  }
  const constants = constantsOf(graph);
  const [, kernels = '', biases = ''] = conv.input ?? [];
  const [weights, bias] = [constants.get(kernels), constants.get(biases)];
  const [count, , height, width] = (weights?.dims ?? []).map(Number);
  if (weights?.dataType !== elementTypes.float32 || count !== outputs) return null;
  if (height !== width || height === 1 || (biases !== '' && bias === undefined)) return null;
  return { conv, weights, bias: bias ?? null, add, shuffle };
}

/** Whether a convolution has no padding, stride, dilation or groups. */
function isPlain(conv: OnnxNode): boolean {
  const padding = Buffer.from(attribute(conv, 'auto_pad')?.s ?? []).toString('utf8');
  return (
    ['', 'NOTSET', 'VALID'].includes(padding) &&
    integers(conv, 'pads', []).every((pad) => pad === 0) &&
    integers(conv, 'strides', []).every((stride) => stride === 1) &&
    integers(conv, 'dilations', []).every((dilation) => dilation === 1) &&
    Number(attribute(conv, 'group')?.i ?? 1) === 1
  );
}

/**
 * Calls `each` for all 16 output channels: with the row and column of the neighbour (0 or 1), the
 * channel before folding, and the channel after it.
 */
function forEachOutput(each: (py: number, px: number, old: number, place: number) => void): void {
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 4; b++) each(a >> 1, b >> 1, 2 * (a & 1) + (b & 1), 4 * a + b);
  }
}

/** Kernels [4, channels, size, size] as [16, channels, size + 1, size + 1]. */
function foldedKernels(values: Float32Array, channels: number, size: number): Float32Array {
  const result = new Float32Array(folded * channels * (size + 1) ** 2);
  forEachOutput((py, px, old, place) => {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < size; y++) {
        const from = ((old * channels + c) * size + y) * size;
        const to = ((place * channels + c) * (size + 1) + y + py) * (size + 1) + px;
        result.set(values.subarray(from, from + size), to);
      }
    }
  });
  return result;
}

function foldedBias(values: Float32Array): Float32Array {
  const result = new Float32Array(folded);
  forEachOutput((_py, _px, old, place) => (result[place] = values[old]!));
  return result;
}

function ones(): Float32Array {
  return new Float32Array(outputs).fill(1);
}

/** A convolution with stride 2, without padding. */
function convolution(input: readonly string[], output: string, size: number): OnnxNode {
  const ints = (name: string, values: number[]): OnnxAttribute => ({
    name,
    type: attributeTypes.ints,
    ints: values,
  });
  return {
    opType: 'Conv',
    name: `Conv:${output}`,
    input: [...input],
    output: [output],
    attribute: [
      ints('kernel_shape', [size, size]),
      ints('strides', [2, 2]),
      ints('pads', [0, 0, 0, 0]),
    ],
  };
}
