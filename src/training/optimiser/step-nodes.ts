import type { Placed } from '../../model/language/network.js';
import type { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { adamNodes } from './adam-nodes.js';
import { muonNodes } from './muon-nodes.js';
import type { StepValues } from './step-values.js';
import { adadelta, momentum, type OptimiserName, rmsprop } from './optimisers.js';

/**
 * Adds the nodes of one step; makes the values `first_next` and `second_next`, and returns the name
 * of what is to be subtracted from the weights.
 *
 * - `adam`: see `adamNodes`.
 * - `rmsprop`: the gradient over the root of its square's running mean, which is `second`.
 * - `adadelta`: https://arxiv.org/abs/1212.5701; the running means of the squares of the gradient
 *   (`second`) and of the steps (`first`), so that a rate of 1 is the paper's.
 * - `sgd`: gradient descent with momentum; `first` is its speed.
 * - `muon`: see `muonNodes`; it needs to know the `lists` that the weights are made of.
 */
export function stepNodes(
  graph: GraphBuilder,
  name: OptimiserName,
  values: StepValues,
  lists: readonly Placed[] = [],
): string {
  const { gradient, first, second, scalar } = values;
  const op = (type: string, a: string, b: string, output?: string) =>
    graph.op(type, [a, b], {}, output);
  /** old + share (value - old). */
  const moved = (old: string, value: string, share: string, output: string) =>
    op('Add', old, op('Mul', op('Sub', value, old), share), output);
  const unchanged = (value: string, output: string) => graph.op('Identity', [value], {}, output);
  const root = (value: string) => graph.op('Sqrt', [value]);
  switch (name) {
    case 'adam':
      return adamNodes(graph, values, ['first_next', 'second_next']);
    case 'muon':
      return muonNodes(graph, lists, values);
    case 'rmsprop': {
      unchanged(first, 'first_next');
      const share = graph.floats('share', 1 - rmsprop.keep);
      const nextSecond = moved(second, op('Mul', gradient, gradient), share, 'second_next');
      const divisor = op('Add', root(nextSecond), graph.floats('epsilon', rmsprop.epsilon));
      return op('Mul', op('Div', gradient, divisor), scalar('rate'));
    }
    case 'adadelta': {
      const share = graph.floats('share', 1 - adadelta.keep);
      const epsilon = graph.floats('epsilon', adadelta.epsilon);
      const nextSecond = moved(second, op('Mul', gradient, gradient), share, 'second_next');
      const ratio = op(
        'Div',
        root(op('Add', first, epsilon)),
        root(op('Add', nextSecond, epsilon)),
      );
      const step = op('Mul', ratio, gradient);
      moved(first, op('Mul', step, step), share, 'first_next');
      return op('Mul', step, scalar('rate'));
    }
    case 'sgd': {
      const kept = op('Mul', first, graph.floats('momentum', momentum));
      const speed = op('Add', kept, gradient, 'first_next');
      unchanged(second, 'second_next');
      return op('Mul', speed, scalar('rate'));
    }
  }
}
