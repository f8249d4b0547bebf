import type { Placed } from '../../model/language/network.js';
import type { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { adamNodes } from './adam-nodes.js';
import { muon } from './optimisers.js';
import type { StepValues } from './step-values.js';

/** What a list's step makes: the names of its change, and of what is kept for the next step. */
type ListStep = { readonly change: string; readonly first: string; readonly second: string };

/**
 * Adds the nodes of one step of Muon (https://kellerjordan.github.io/posts/muon/): each kernel (a
 * row for each output) and each dense layer is a matrix, whose step is the orthogonal matrix
 * nearest to the gradient's running mean, so that it goes as far in rare directions as in frequent
 * ones. Lists with one value for each output, biases and slopes, take Adam's steps.
 *
 * `lists` are those that the weights are made of, in their order. Makes `first_next` and
 * `second_next`, and returns the name of what is to be subtracted from the weights.
 */
export function muonNodes(
  graph: GraphBuilder,
  lists: readonly Placed[],
  values: StepValues,
): string {
  const inputs = new Map<string, string>();
  /** An input that several lists need is declared once. */
  const scalar = (name: string): string => {
    const input = inputs.get(name) ?? values.scalar(name);
    inputs.set(name, input);
    return input;
  };
  const sizes = graph.ints(
    'sizes',
    lists.map(({ size }) => size),
  );
  const parts = (list: string) => graph.ops('Split', [list, sizes], lists.length, { axis: 0 });
  const [gradients, firsts, seconds] = [
    parts(values.gradient),
    parts(values.first),
    parts(values.second),
  ];
  const steps = lists.map((list, i): ListStep => {
    const own = { gradient: gradients[i]!, first: firsts[i]!, second: seconds[i]!, scalar };
    // Slopes of activations are [channels, 1, 1]: a list as biases are.
    if (list.size > list.shape[0]!) return matrixStep(graph, list, own);
    const [first, second] = [graph.unique('first_part'), graph.unique('second_part')];
    return { change: adamNodes(graph, own, [first, second]), first, second };
  });
  const whole = (key: keyof ListStep, output?: string) =>
    graph.op(
      'Concat',
      steps.map((step) => step[key]),
      { axis: 0 },
      output,
    );
  whole('first', 'first_next');
  whole('second', 'second_next');
  return whole('change');
}

/** The step of a matrix; `first` is the gradient's running mean, `second` is not used. */
function matrixStep(graph: GraphBuilder, { shape, size }: Placed, values: StepValues): ListStep {
  const { gradient, second, scalar } = values;
  const op = (type: string, ...inputs: string[]) => graph.op(type, inputs);
  /** old + share (value - old). */
  const moved = (old: string, value: string, share: number) =>
    op('Add', old, op('Mul', op('Sub', value, old), graph.floats('share', share)));
  const rows = shape[0]!;
  const columns = size / rows;
  const first = moved(values.first, gradient, 1 - muon.keep);
  // Nesterov's form: what the mean would be if this gradient came once more.
  const ahead = moved(gradient, first, muon.keep);
  const matrix = op('Reshape', ahead, graph.ints('shape', [rows, columns]));
  const step = op('Reshape', orthogonal(graph, matrix, rows, columns), graph.ints('shape', [size]));
  const length = graph.floats('size', muon.size * Math.sqrt(Math.max(rows, columns)));
  return { change: op('Mul', op('Mul', step, length), scalar('rate')), first, second };
}

/**
 * Nearly the orthogonal matrix that is nearest to `matrix`, [rows, columns]: its singular values
 * come to lie between 0.7 and 1.2 (0 stays 0), by iterations with an odd polynomial of degree 5.
 */
function orthogonal(graph: GraphBuilder, matrix: string, rows: number, columns: number): string {
  const op = (type: string, ...inputs: string[]) => graph.op(type, inputs);
  const transposed = (value: string) => graph.op('Transpose', [value], { perm: [1, 0] });
  const times = (value: string, factor: number) => op('Mul', value, graph.floats('factor', factor));
  // Products of the shorter side with itself are the smaller ones.
  const isTall = rows > columns;
  const length = graph.op('ReduceL2', [matrix], { keepdims: 1 });
  let x = op('Div', matrix, op('Add', length, graph.floats('epsilon', 1e-12)));
  if (isTall) x = transposed(x);
  const [a, b, c] = muon.factors;
  for (let iteration = 0; iteration < muon.iterations; iteration++) {
    const square = op('MatMul', x, transposed(x));
    const factor = op('Add', times(square, b), times(op('MatMul', square, square), c));
    x = op('Add', times(x, a), op('MatMul', factor, x));
  }
  return isTall ? transposed(x) : x;
}
