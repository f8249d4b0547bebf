import type { Placed } from '../../model/language/network.js';
import { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { encodeModel } from '../../model/onnx/model-file.js';
import type { OptimiserName } from './optimisers.js';
import { stepNodes } from './step-nodes.js';
import { type Expansion, expandedCount, ExpansionNodes } from './expansion.js';

/**
 * The lists that make up the state of the optimiser; each as long as the weights, but see
 * `buildUpdateModel`.
 */
export const stateNames = ['weights', 'first', 'second', 'average'] as const;

/** What an update is besides Adam's steps on plain weights. */
export type UpdateOptions = {
  readonly expansion?: Expansion | undefined;
  /** Default: `adam`. */
  readonly optimiser?: OptimiserName | undefined;
  /** The lists that the weights are made of; `muon` needs them, and steps on plain weights only. */
  readonly lists?: readonly Placed[] | undefined;
};

/**
 * The model that takes one step of an optimiser (see `stepNodes`) on the mean of
 * the micro-batches' gradients, and a running mean of the weights.
 *
 * Inputs: `gradients` [micro-batches, parameters]; `weights`, `first` and `second` (what the
 * optimiser keeps) and `average`, each [parameters]; `rate`, `correction1` = 1/(1 - beta1^step),
 * `correction2` likewise (both for Adam and Muon alone), and `follow`, the share by which the
 * average moves towards the weights; each [1]. Outputs: the four lists with `_next` after their
 * names.
 *
 * With an `expansion` it steps on its pairs instead (see `initialPairs`): `pairs`, `first` and
 * `second` are [expandedCount], `pairs_next` is a fifth output, and `weights_next` is what these
 * pairs give; `weights` is no input.
 */
export function buildUpdateModel(
  parameters: number,
  microBatches: number,
  { expansion, optimiser = 'adam', lists }: UpdateOptions = {},
): Uint8Array {
  const graph = new GraphBuilder('update');
  const trained = expansion === undefined ? parameters : expandedCount(expansion);
  const nodes = expansion === undefined ? undefined : new ExpansionNodes(graph, expansion);
  const list = (name: string, length: number) => graph.input(name, 'float32', [length]);
  const scalar = (name: string) => graph.input(name, 'float32', [1]);
  const op = (type: string, a: string, b: string, output?: string) =>
    graph.op(type, [a, b], {}, output);
  const gradients = graph.input('gradients', 'float32', [microBatches, parameters]);
  const values = list(nodes === undefined ? 'weights' : 'pairs', trained);
  const [first, second] = [list('first', trained), list('second', trained)];
  const average = list('average', parameters);
  // A product with equal shares: eight times faster than ReduceMean over a short first axis.
  const shares = new Float32Array(microBatches).fill(1 / microBatches);
  const evenly = graph.initializer('evenly', 'float32', [1, microBatches], shares);
  const weightGradient = op(
    'Reshape',
    op('MatMul', evenly, gradients),
    graph.ints('shape', [parameters]),
  );
  const gradient = nodes?.gradient(weightGradient, values) ?? weightGradient;

  /** old + share (value - old). */
  const moved = (old: string, value: string, share: string, output: string) =>
    op('Add', old, op('Mul', op('Sub', value, old), share), output);
  const change = stepNodes(graph, optimiser, { gradient, first, second, scalar }, lists);
  const next = op('Sub', values, change, nodes === undefined ? 'weights_next' : 'pairs_next');
  const nextWeights = nodes?.collapse(next, 'weights_next') ?? next;
  moved(average, nextWeights, scalar('follow'), 'average_next');
  for (const name of ['weights', 'average']) graph.output(`${name}_next`, 'float32', [parameters]);
  for (const name of ['first', 'second']) graph.output(`${name}_next`, 'float32', [trained]);
  if (nodes !== undefined) graph.output('pairs_next', 'float32', [trained]);
  return encodeModel(graph.build());
}
