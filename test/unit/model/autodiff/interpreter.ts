import { type TensorValues, valuesOf } from '../../../../src/model/onnx/tensor-values.js';
import type { OnnxGraph, OnnxNode } from '../../../../src/model/onnx/types.js';

/** A value in double precision. */
export type Numbers = { readonly dims: readonly number[]; readonly data: Float64Array };

/** Makes a value. */
export function numbers(dims: readonly number[], data: ArrayLike<number>): Numbers {
  return { dims, data: Float64Array.from(data) };
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Distance in elements from one index to the next, per axis. */
function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

/** Visits every index of a shape in row-major order. */
function* indices(dims: readonly number[]): Generator<number[]> {
  const strides = stridesOf(dims);
  for (let i = 0, count = sizeOf(dims); i < count; i++) {
    yield dims.map((dim, axis) => Math.floor(i / strides[axis]!) % dim);
  }
}

/** A value of `dims` computed index by index. */
function build(dims: readonly number[], at: (index: number[]) => number): Numbers {
  const data = new Float64Array(sizeOf(dims));
  let i = 0;
  for (const index of indices(dims)) data[i++] = at(index);
  return { dims, data };
}

function get({ dims, data }: Numbers, index: readonly number[]): number {
  const strides = stridesOf(dims);
  let at = 0;
  for (let axis = 0; axis < dims.length; axis++) at += index[axis]! * strides[axis]!;
  return data[at]!;
}

/** An element-wise operation of any number of operands, with numpy's broadcasting. */
function pointwise(operands: readonly Numbers[], apply: (...values: number[]) => number): Numbers {
  const rank = Math.max(...operands.map(({ dims }) => dims.length));
  const dims = Array.from({ length: rank }, (_, axis) =>
    Math.max(...operands.map((one) => one.dims[axis - rank + one.dims.length] ?? 1)),
  );
  return build(dims, (index) =>
    apply(
      ...operands.map((one) => {
        const own = index.slice(rank - one.dims.length);
        return get(
          one,
          own.map((place, axis) => (one.dims[axis] === 1 ? 0 : place)),
        );
      }),
    ),
  );
}

function reduce(x: Numbers, axes: readonly number[], keep: boolean): Numbers {
  const kept = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const sum = { dims: kept, data: new Float64Array(sizeOf(kept)) };
  const strides = stridesOf(kept);
  let i = 0;
  for (const index of indices(x.dims)) {
    const to = index.reduce((at, p, axis) => at + (kept[axis] === 1 ? 0 : p * strides[axis]!), 0);
    sum.data[to]! += x.data[i++]!;
  }
  const dims = keep ? kept : kept.filter((_, axis) => !axes.includes(axis));
  return { dims, data: sum.data };
}

function convolve(x: Numbers, w: Numbers, bias: Numbers | undefined, node: Attributes): Numbers {
  const [n, , h, width] = x.dims as [number, number, number, number];
  const [o, c, k] = w.dims as [number, number, number, number];
  const [top, left, bottom, right] = (node['pads'] as number[] | undefined) ?? [0, 0, 0, 0];
  const [stride] = (node['strides'] as number[] | undefined) ?? [1];
  const groups = Number(node['group'] ?? 1);
  const rows = Math.floor((h + top! + bottom! - k) / stride!) + 1;
  const columns = Math.floor((width + left! + right! - k) / stride!) + 1;
  return build([n, o, rows, columns], ([batch, out, y, x0]) => {
    let sum = bias?.data[out!] ?? 0;
    for (let channel = 0; channel < c; channel++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          const source = Math.floor(out! / (o / groups)) * c + channel;
          const row = y! * stride! + ky - top!;
          const column = x0! * stride! + kx - left!;
          if (row < 0 || column < 0 || row >= h || column >= width) continue;
          sum += get(w, [out!, channel, ky, kx]) * get(x, [batch!, source, row, column]);
        }
      }
    }
    return sum;
  });
}

/** The sum of every sample times the kernel [in, out, k, k] put at its place. */
function convolveTransposed(x: Numbers, w: Numbers, bias: Numbers | undefined, node: Attributes) {
  const [n, c, h, width] = x.dims as [number, number, number, number];
  const [, o, k] = w.dims as [number, number, number, number];
  const [top, left, bottom, right] = (node['pads'] as number[] | undefined) ?? [0, 0, 0, 0];
  const dims = [n, o, h + k - 1 - top! - bottom!, width + k - 1 - left! - right!];
  return build(dims, ([batch, out, y, x0]) => {
    let sum = bias?.data[out!] ?? 0;
    for (let channel = 0; channel < c; channel++) {
      for (let ky = 0; ky < k; ky++) {
        for (let kx = 0; kx < k; kx++) {
          const row = y! + top! - ky;
          const column = x0! + left! - kx;
          if (row < 0 || column < 0 || row >= h || column >= width) continue;
          sum += get(w, [channel, out!, ky, kx]) * get(x, [batch!, channel, row, column]);
        }
      }
    }
    return sum;
  });
}

function matMul(a: Numbers, b: Numbers): Numbers {
  const batch = a.dims.slice(0, -2);
  const [m, inner] = a.dims.slice(-2) as [number, number];
  const n = b.dims.at(-1)!;
  return build([...batch, m, n], (index) => {
    const lead = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const own = b.dims.length === 2 ? [k, column] : [...lead, k, column];
      sum += get(a, [...lead, row, k]) * get(b, own);
    }
    return sum;
  });
}

function slice(x: Numbers, lists: readonly (readonly number[])[]): Numbers {
  const [starts, ends, axes = x.dims.map((_, i) => i), steps = axes.map(() => 1)] = lists;
  const from = x.dims.map(() => 0);
  const step = x.dims.map(() => 1);
  const dims = [...x.dims];
  axes.forEach((axis, i) => {
    const dim = x.dims[axis]!;
    const down = steps[i]! < 0;
    const place = (value: number) =>
      Math.min(down ? dim - 1 : dim, Math.max(down ? -1 : 0, value < 0 ? value + dim : value));
    from[axis] = place(starts![i]!);
    step[axis] = steps[i]!;
    dims[axis] = Math.max(0, Math.ceil((place(ends![i]!) - from[axis]) / steps[i]!));
  });
  return build(dims, (index) =>
    get(
      x,
      index.map((p, axis) => from[axis]! + p * step[axis]!),
    ),
  );
}

function pad(x: Numbers, pads: readonly number[], value = 0): Numbers {
  const rank = x.dims.length;
  const dims = x.dims.map((dim, axis) => dim + pads[axis]! + pads[axis + rank]!);
  return build(dims, (index) => {
    const own = index.map((place, axis) => place - pads[axis]!);
    return own.every((place, axis) => place >= 0 && place < x.dims[axis]!) ? get(x, own) : value;
  });
}

function concat(parts: readonly Numbers[], axis: number): Numbers {
  const dims = [...parts[0]!.dims];
  dims[axis] = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  return build(dims, (index) => {
    let place = index[axis]!;
    for (const part of parts) {
      if (place < part.dims[axis]!) return get(part, index.with(axis, place));
      place -= part.dims[axis]!;
    }
    throw new RangeError('past the end');
  });
}

function maxPool(x: Numbers, size: number, stride: number): Numbers {
  const [n, c, h, w] = x.dims as [number, number, number, number];
  const rows = Math.floor((h - size) / stride) + 1;
  const columns = Math.floor((w - size) / stride) + 1;
  return build([n, c, rows, columns], ([batch, channel, y, x0]) => {
    let best = -Infinity;
    for (let ky = 0; ky < size; ky++) {
      for (let kx = 0; kx < size; kx++) {
        best = Math.max(best, get(x, [batch!, channel!, y! * stride + ky, x0! * stride + kx]));
      }
    }
    return best;
  });
}

type Attributes = Readonly<Record<string, number | number[] | string | undefined>>;

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
