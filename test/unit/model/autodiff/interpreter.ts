import { type TensorValues, valuesOf } from '../../../../src/model/onnx/tensor-values.js';
import type { OnnxGraph, OnnxNode } from '../../../../src/model/onnx/types.js';
import { build, get, numbers, pointwise, reduce, type Numbers } from './numbers.js';
import {
  concat,
  convolve,
  convolveTransposed,
  matMul,
  maxPool,
  pad,
  slice,
  type Attributes,
} from './operations.js';

function attributesOf(node: OnnxNode): Attributes {
  return Object.fromEntries(
    (node.attribute ?? []).map((one) => [
      one.name,
      one.ints?.map(Number) ?? (one.i === undefined ? one.f : Number(one.i)),
    ]),
  );
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Abs: Math.abs,
  Sign: Math.sign,
  Relu: (x) => Math.max(0, x),
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: (x) => Math.log1p(Math.exp(x)),
  Identity: (x) => x,
};

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Greater: (a, b) => Number(a > b),
  Equal: (a, b) => Number(a === b),
};

function runNode(node: OnnxNode, inputs: readonly Numbers[]): Numbers[] {
  const attributes = attributesOf(node);
  const [a, b] = inputs as [Numbers, Numbers];
  const list = (i: number) => [...inputs[i]!.data];
  const one = unary[node.opType];
  if (one !== undefined) return [pointwise([a], one)];
  const two = binary[node.opType];
  if (two !== undefined) return [pointwise([a, b], two)];
  switch (node.opType) {
    case 'LeakyRelu':
      return [pointwise([a], (x) => (x > 0 ? x : x * Number(attributes['alpha'])))];
    case 'HardSigmoid': {
      const { alpha, beta } = attributes;
      return [pointwise([a], (x) => Math.max(0, Math.min(1, x * Number(alpha) + Number(beta))))];
    }
    case 'Where':
      return [pointwise(inputs, (flag, yes, no) => (flag === 1 ? yes : no))];
    case 'Cast':
      return [a];
    case 'Reshape':
      return [{ dims: list(1), data: a.data }];
    case 'Expand': {
      const ones = build(list(1), () => 1);
      return [pointwise([a, ones], (x) => x)];
    }
    case 'Transpose': {
      const perm = attributes['perm'] as number[];
      const dims = perm.map((axis) => a.dims[axis]!);
      return [
        build(dims, (index) =>
          get(
            a,
            perm.map((_, axis) => index[perm.indexOf(axis)]!),
          ),
        ),
      ];
    }
    case 'ReduceSum':
      return [reduce(a, list(1), attributes['keepdims'] !== 0)];
    case 'ReduceMean': {
      const axes = (attributes['axes'] as number[] | undefined) ?? a.dims.map((_, i) => i);
      const sum = reduce(a, axes, attributes['keepdims'] !== 0);
      const count = a.data.length / sum.data.length;
      return [{ dims: sum.dims, data: sum.data.map((value) => value / count) }];
    }
    case 'Slice':
      return [
        slice(
          a,
          inputs.slice(1).map((_, i) => list(i + 1)),
        ),
      ];
    case 'Pad':
      return [pad(a, list(1), inputs[2] === undefined ? 0 : list(2)[0]!)];
    case 'Concat':
      return [concat(inputs, Number(attributes['axis']))];
    case 'Conv':
      return [convolve(a, b, inputs[2], attributes)];
    case 'ConvTranspose':
      return [convolveTransposed(a, b, inputs[2], attributes)];
    case 'MatMul':
      return [matMul(a, b)];
    case 'MaxPool': {
      const [size] = attributes['kernel_shape'] as number[];
      return [maxPool(a, size!, (attributes['strides'] as number[])[0]!)];
    }
    case 'DepthToSpace': {
      const block = Number(attributes['blocksize']);
      const [n, c, h, w] = a.dims as [number, number, number, number];
      const channels = c / block ** 2;
      return [
        build([n, channels, h * block, w * block], ([i, k, y, x]) => {
          const place = (y! % block) * block + (x! % block);
          const from = [i!, place * channels + k!, Math.floor(y! / block), Math.floor(x! / block)];
          return get(a, from);
        }),
      ];
    }
    case 'SpaceToDepth': {
      const block = Number(attributes['blocksize']);
      const [n, c, h, w] = a.dims as [number, number, number, number];
      return [
        build([n, c * block ** 2, h / block, w / block], ([i, k, y, x]) => {
          const place = Math.floor(k! / c);
          const [down, across] = [Math.floor(place / block), place % block];
          return get(a, [i!, k! % c, y! * block + down, x! * block + across]);
        }),
      ];
    }
    case 'Split': {
      let from = 0;
      return list(1).map((size) => numbers([size], a.data.subarray(from, (from += size))));
    }
    default:
      throw new RangeError(`the interpreter does not know ${node.opType}`);
  }
}

/**
 * Runs a graph in double precision, operation by operation, as the ONNX specification words them.
 */
export function interpret(
  graph: OnnxGraph,
  feeds: Readonly<Record<string, Numbers>>,
): Map<string, Numbers> {
  const values = new Map(Object.entries(feeds));
  for (const tensor of graph.initializer ?? []) {
    const data: TensorValues = valuesOf(tensor);
    values.set(tensor.name!, numbers((tensor.dims ?? []).map(Number), Array.from(data, Number)));
  }
  for (const node of graph.node ?? []) {
    const inputs = (node.input ?? []).map((name) => values.get(name)!);
    const outputs = runNode(node, inputs);
    (node.output ?? []).forEach((name, i) => values.set(name, outputs[i]!));
  }
  return values;
}
