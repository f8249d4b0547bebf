import { reshape } from '../../model/autodiff/shape.js';
import { Tape } from '../../model/autodiff/tape.js';
import { trainBlocks } from '../../model/blocks/kinds.js';
import { type Network, parametersOf, type Weights } from '../../model/language/network.js';
import { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { encodeModel } from '../../model/onnx/model-file.js';
import { floatTensor, openSession } from '../base/session.js';
import { sourceShape, targetShape } from '../gradient/gradient-graph.js';
import { solvePositive } from './solve-positive.js';

/** Writes the patch numbered `number` to place `slot` of `x` and `t`, both in 0..1. */
export type CutPatch = (number: number, x: Float32Array, t: Float32Array, slot: number) => void;

/** Patches that go through the graph at once. */
const atOnce = 256;

/**
 * Added to the diagonal of the sums of squares, as a share of its mean: with less, the solution
 * fits the rounding errors of single precision.
 */
const ridge = 3e-6;

/** Whether the last layer of a network can be fitted: a dense one, with nothing after it. */
export function canFitLast({ blocks, patches }: Network): boolean {
  const last = blocks.at(-1);
  return patches !== undefined && last?.kind === 'dense' && last.activation === 'none';
}

/**
 * `weights` with the last dense layer replaced by the one that fits `count` patches best, by least
 * squares, given what the layers before it make of them. Random layers with a fitted one after them
 * are already better than any linear map, and training goes on from there. The network must be one
 * for which `canFitLast` holds.
 */
export async function fitLast(
  network: Network,
  weights: Weights,
  count: number,
  cut: CutPatch,
): Promise<Weights> {
  const lists = parametersOf(network);
  const [kernel, bias] = lists.slice(-2) as [(typeof lists)[0], (typeof lists)[0]];
  const [inputs, outputs] = kernel.shape as [number, number];
  const size = network.patches!.size;
  const batch = { patches: atOnce, patch: size };
  const session = await openSession(sumsModel(network, weights, inputs, outputs));
  const x = await floatTensor(sourceShape(network, batch));
  const t = await floatTensor(targetShape(network, batch));
  const rows = inputs + 1;
  const squares = new Float64Array(rows * rows);
  const products = new Float64Array(rows * outputs);
  for (let from = 0; from < count; from += atOnce) {
    for (let slot = 0; slot < atOnce; slot++) cut(from + slot, x.data, t.data, slot);
    const sums = await session.run({ x: x.tensor, t: t.tensor });
    addTo(squares, sums['squares']!.data as Float32Array);
    addTo(products, sums['products']!.data as Float32Array);
  }
  await session.release();
  let diagonal = 0;
  for (let i = 0; i < rows; i++) diagonal += squares[i * rows + i]!;
  for (let i = 0; i < rows; i++) squares[i * rows + i]! += (ridge * diagonal) / rows;
  const solution = solvePositive(squares, products, rows, outputs);
  const fitted = Float32Array.from(weights);
  fitted.set(solution.subarray(0, kernel.size), kernel.offset);
  fitted.set(solution.subarray(kernel.size), bias.offset);
  return fitted;
}

function addTo(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
}

/**
 * The graph of the sums that a fit needs of a batch: `squares` F^T F and `products` F^T T, where F
 * is the last layer's input with a 1 for its bias, and T its wanted output.
 */
function sumsModel(
  network: Network,
  weights: Weights,
  inputs: number,
  outputs: number,
): Uint8Array {
  const graph = new GraphBuilder('fit');
  const tape = new Tape(graph);
  const batch = { patches: atOnce, patch: network.patches!.size };
  const input = (name: string, shape: number[]) => ({
    name: graph.input(name, 'float32', shape),
    shape,
  });
  const lists = parametersOf(network)[Symbol.iterator]();
  const take = () => {
    const { name, shape, offset, size } = lists.next().value!;
    const values = weights.subarray(offset, offset + size);
    return { name: graph.initializer(name, 'float32', shape, values), shape };
  };
  const same = <T>(value: T): T => value;
  const signed = (value: { name: string; shape: readonly number[] }) =>
    network.signed === true
      ? tape.node(
          'Sub',
          [tape.node('Mul', [value, tape.scalar(2)], value.shape), tape.scalar(1)],
          value.shape,
        )
      : value;
  const before = trainBlocks(
    tape,
    network.blocks.slice(0, -1),
    signed(input('x', sourceShape(network, batch))),
    {
      ...{ take, kernel: same, result: same, dropout: same },
    },
  );
  const features = reshape(tape, before, [atOnce, inputs]);
  const ones = graph.initializer('ones', 'float32', [atOnce, 1], new Float32Array(atOnce).fill(1));
  const wanted = signed(reshape(tape, input('t', targetShape(network, batch)), [atOnce, outputs]));
  const all = graph.op('Concat', [features.name, ones], { axis: 1 });
  const transposed = graph.op('Transpose', [all], { perm: [1, 0] });
  graph.op('MatMul', [transposed, all], {}, 'squares');
  graph.op('MatMul', [transposed, wanted.name], {}, 'products');
  graph.output('squares', 'float32', [inputs + 1, inputs + 1]);
  graph.output('products', 'float32', [inputs + 1, outputs]);
  return encodeModel(graph.build());
}
