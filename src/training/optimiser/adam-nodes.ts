import type { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { adam } from './optimisers.js';
import type { StepValues } from './step-values.js';

/**
 * Adds the nodes of one step of Adam (https://arxiv.org/abs/1412.6980), which keeps the means of
 * the gradient and of its square; makes these two under the names `next`, and returns the name of
 * what is to be subtracted from the weights.
 */
export function adamNodes(
  graph: GraphBuilder,
  { gradient, first, second, scalar }: StepValues,
  next: readonly [string, string],
): string {
  const op = (type: string, a: string, b: string, output?: string) =>
    graph.op(type, [a, b], {}, output);
  /** old + share (value - old). */
  const moved = (old: string, value: string, share: string, output: string) =>
    op('Add', old, op('Mul', op('Sub', value, old), share), output);
  const share1 = graph.floats('share1', 1 - adam.beta1);
  const share2 = graph.floats('share2', 1 - adam.beta2);
  const nextFirst = moved(first, gradient, share1, next[0]);
  const nextSecond = moved(second, op('Mul', gradient, gradient), share2, next[1]);
  const direction = op('Mul', nextFirst, scalar('correction1'));
  const size = graph.op('Sqrt', [op('Mul', nextSecond, scalar('correction2'))]);
  const divisor = op('Add', size, graph.floats('epsilon', adam.epsilon));
  return op('Mul', op('Div', direction, divisor), scalar('rate'));
}
