import { convolve } from '../autodiff/convolution.js';
import { matMul } from '../autodiff/matrix.js';
import { add, leakyRelu, multiply, relu, sigmoid, subtract, tanh } from '../autodiff/pointwise.js';
import { averagePool, maxPool, type Pooling } from '../autodiff/pooling.js';
import { joinChannels, pad, reshape, takeEvery, transpose } from '../autodiff/shape.js';
import { sizeOf, type Tape, type Value } from '../autodiff/tape.js';
import { VsrError } from '../../errors.js';
import { attribute, integers } from '../graph/reach.js';
import { valuesOf } from '../onnx/tensor-values.js';
import type { OnnxNode, OnnxTensor } from '../onnx/types.js';

/** Writes one operation of an ONNX file into a graph with gradients. */
export type NodeReader = (
  tape: Tape,
  node: OnnxNode,
  inputs: readonly Value[],
  constants: ReadonlyMap<string, OnnxTensor>,
) => Value;

const integer = (node: OnnxNode, name: string, fallback: number): number =>
  Number(attribute(node, name)?.i ?? fallback);

function unsupported(node: OnnxNode, what: string): VsrError {
  const { opType, name = '' } = node;
  return new VsrError(
    'model',
    `The feature network's ${opType} "${name}" has ${what}, which is not supported.`,
  );
}

/** The value of a list attribute whose entries must all be equal. */
function equalEntries(node: OnnxNode, name: string, fallback: readonly number[]): number {
  const values = integers(node, name, fallback);
  if (values.every((value) => value === values[0])) return values[0]!;
  throw unsupported(node, `${name} of ${values.join(', ')}`);
}

/** Refuses a convolution or pooling with automatic padding or dilation. */
function refuseAutoPadAndDilation(node: OnnxNode): void {
  const auto = attribute(node, 'auto_pad')?.s;
  const text = auto === undefined ? 'NOTSET' : Buffer.from(auto).toString('utf8');
  if (text !== 'NOTSET') throw unsupported(node, `auto_pad ${text}`);
  if (equalEntries(node, 'dilations', [1, 1]) !== 1) throw unsupported(node, 'dilations');
}

const convolution: NodeReader = (tape, node, [x, kernel, given]) => {
  refuseAutoPadAndDilation(node);
  if (integer(node, 'group', 1) !== 1) throw unsupported(node, 'groups');
  const border = equalEntries(node, 'pads', [0, 0, 0, 0]);
  const stride = equalEntries(node, 'strides', [1, 1]);
  const [outputs] = kernel!.shape as [number];
  const zeros = () => {
    const values = new Float32Array(outputs);
    return {
      name: tape.graph.initializer('zeros', 'float32', [outputs], values),
      shape: [outputs],
    };
  };
  const around = [0, 0, border, border];
  const wide = border === 0 ? x! : pad(tape, x!, around, around);
  const y = convolve(tape, wide, kernel!, given ?? zeros());
  return stride === 1 ? y : takeEvery(tape, y, stride);
};

function poolingOf(node: OnnxNode): Pooling {
  refuseAutoPadAndDilation(node);
  return {
    size: equalEntries(node, 'kernel_shape', []),
    stride: equalEntries(node, 'strides', [1, 1]),
    border: equalEntries(node, 'pads', [0, 0, 0, 0]),
    ceil: integer(node, 'ceil_mode', 0) === 1,
  };
}

const average: NodeReader = (tape, node, [x]) => {
  const pooling = poolingOf(node);
  const countsBorder = integer(node, 'count_include_pad', 0) === 1 && pooling.border > 0;
  if (countsBorder) throw unsupported(node, 'count_include_pad 1');
  return averagePool(tape, x!, pooling);
};

/** The mean of all places of each channel, [N, C, 1, 1]. */
const globalAverage: NodeReader = (tape, _node, [x]) => {
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const shares = new Float32Array(h * w).fill(1 / (h * w));
  const name = tape.graph.initializer('shares', 'float32', [h * w, 1], shares);
  const rows = reshape(tape, x!, [n * c, h * w]);
  return reshape(tape, matMul(tape, rows, { name, shape: [h * w, 1] }), [n, c, 1, 1]);
};

const normalisation: NodeReader = (tape, node, inputs, constants) => {
  const [scale, bias, mean, variance] = (node.input ?? []).slice(1).map((name) => {
    const tensor = constants.get(name);
    if (tensor === undefined) throw unsupported(node, 'inputs that are not constants');
    return Float32Array.from(valuesOf(tensor) as Float32Array, Number);
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const epsilon = attribute(node, 'epsilon')?.f ?? 1e-5;
  const factors = scale.map((value, i) => value / Math.sqrt(variance[i]! + epsilon));
  const offsets = bias.map((value, i) => value - mean[i]! * factors[i]!);
  const shape = [scale.length, 1, 1];
  const constant = (values: Float32Array): Value => ({
    name: tape.graph.initializer('norm', 'float32', shape, values),
    shape,
  });
  return add(tape, multiply(tape, inputs[0]!, constant(factors)), constant(offsets));
};

const gemm: NodeReader = (tape, node, [x, kernel, bias]) => {
  const factor = (name: string) => attribute(node, name)?.f ?? 1;
  if (integer(node, 'transA', 0) === 1 || factor('alpha') !== 1 || factor('beta') !== 1) {
    throw unsupported(node, 'transA, alpha or beta');
  }
  const weights = integer(node, 'transB', 0) === 1 ? transpose(tape, kernel!, [1, 0]) : kernel!;
  const product = matMul(tape, x!, weights);
  return bias === undefined ? product : add(tape, product, bias);
};

const concat: NodeReader = (tape, node, inputs) => {
  if (integer(node, 'axis', 1) !== 1) throw unsupported(node, 'another axis than that of channels');
  return joinChannels(tape, inputs);
};

const flatten: NodeReader = (tape, node, [x]) => {
  if (integer(node, 'axis', 1) !== 1) throw unsupported(node, 'another axis than 1');
  const [n] = x!.shape as [number];
  return reshape(tape, x!, [n, sizeOf(x!.shape) / n]);
};

const unchanged: NodeReader = (_tape, _node, [x]) => x!;

/** The operations that are read, by their ONNX names. */
export const readers: Readonly<Record<string, NodeReader>> = {
  Conv: convolution,
  Relu: (tape, _node, [x]) => relu(tape, x!),
  LeakyRelu: (tape, node, [x]) => leakyRelu(tape, x!, attribute(node, 'alpha')?.f ?? 0.01),
  Sigmoid: (tape, _node, [x]) => sigmoid(tape, x!),
  Tanh: (tape, _node, [x]) => tanh(tape, x!),
  MaxPool: (tape, node, [x]) => maxPool(tape, x!, poolingOf(node)),
  AveragePool: average,
  GlobalAveragePool: globalAverage,
  Concat: concat,
  Add: (tape, _node, [a, b]) => add(tape, a!, b!),
  Sub: (tape, _node, [a, b]) => subtract(tape, a!, b!),
  Mul: (tape, _node, [a, b]) => multiply(tape, a!, b!),
  BatchNormalization: normalisation,
  Gemm: gemm,
  Flatten: flatten,
  Identity: unchanged,
  Dropout: unchanged,
  // Weights kept in half precision are cast; all values are float32 here.
  Cast: unchanged,
  Constant: unchanged,
};

/** The ONNX names of the operations that are read. */
export const readableOperations: readonly string[] = Object.keys(readers);
