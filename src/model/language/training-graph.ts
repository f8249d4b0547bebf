import { multiply, add } from '../autodiff/pointwise.js';
import { crop, depthToSpace, reshape, spaceToDepth } from '../autodiff/shape.js';
import { sizeOf, type Tape, type Value } from '../autodiff/tape.js';
import type { Training } from '../blocks/block.js';
import { trainBlocks } from '../blocks/kinds.js';
import { type Network, parametersOf, type Placed } from './network.js';
import { type Sheet, throughNetwork } from './through-network.js';

/** What of a training graph is different from network to network or from use to use. */
export type TrainingHooks = Pick<Training, 'kernel' | 'result' | 'dropout'>;

function trainingSheet(tape: Tape): Sheet<Value> {
  return {
    unshuffled: (x, block) => spaceToDepth(tape, x, block),
    shuffled: (x, block) => depthToSpace(tape, x, block),
    cropped(x, by) {
      if (by === 0) return x;
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return crop(tape, x, [0, 0, by, by], [n, c, h - 2 * by, w - 2 * by]);
    },
    sum: (a, b) => add(tape, a, b),
    // Of the picture that comes in: nobody asks for its gradient.
    bicubic(x, { shape, values }) {
      const [n, , h, w] = x.shape as [number, number, number, number];
      const [outputs, , size] = shape;
      const kernel = tape.graph.initializer('bicubic', 'float32', shape, values);
      const extents = [n, outputs, h - size + 1, w - size + 1];
      return tape.node('Conv', [x], extents, { kernel_shape: [size, size] }, [kernel]);
    },
    repeated(x, count) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return tape.node('Concat', Array<Value>(count).fill(x), [n, c * count, h, w], { axis: 1 });
    },
    scaled: (x, factor, offset) =>
      add(tape, multiply(tape, x, tape.scalar(factor)), tape.scalar(offset)),
    shaped: (x, channels, side) => reshape(tape, x, [x.shape[0]!, channels, side, side]),
  };
}

/** The lists of each block: those that share a prefix such as `conv3`. */
function grouped(lists: readonly Placed[]): Placed[][] {
  const groups = new Map<string, Placed[]>();
  for (const list of lists) {
    const prefix = list.name.split('.')[0]!;
    groups.set(prefix, [...(groups.get(prefix) ?? []), list]);
  }
  return [...groups.values()];
}

/** A network's trainable values in a training graph. */
export type TrainedValues = {
  /** In the order of `parametersOf`. */
  readonly values: readonly Value[];
  /**
   * Their gradients as one list in the order of the weights, named `name`; once the tape went
   * backward.
   */
  readonly gradient: (name: string) => string;
};

/** The trainable values as views of one flat list of them. */
export function trainedValues(tape: Tape, network: Network, flat: Value): TrainedValues {
  const { graph } = tape;
  const split = (whole: string, sizes: readonly number[]) =>
    graph.ops('Split', [whole, graph.ints('sizes', sizes)], sizes.length, { axis: 0 });
  const groups = grouped(parametersOf(network));
  // By blocks, then each: a node of more than 11 parts is more than WebGPU takes.
  const wholes = split(
    flat.name,
    groups.map((lists) => lists.reduce((sum, { size }) => sum + size, 0)),
  );
  const apart = groups.map((lists, i) =>
    split(
      wholes[i]!,
      lists.map(({ size }) => size),
    ).map((name, j) => {
      const { shape } = lists[j]!;
      const constants = [graph.ints('shape', shape)];
      return tape.want(tape.node('Reshape', [{ name, shape }], shape, {}, constants));
    }),
  );
  const listOf = (value: Value) => {
    const constants = [graph.ints('shape', [sizeOf(value.shape)])];
    return tape.node('Reshape', [tape.gradient(value)], [], {}, constants).name;
  };
  return {
    values: apart.flat(),
    gradient(name) {
      const pieces = apart.map((values) => graph.op('Concat', values.map(listOf), { axis: 0 }));
      return graph.op('Concat', pieces, { axis: 0 }, name);
    },
  };
}

/**
 * The network up to the last shuffle: [N, C, h + 2 reach, w + 2 reach] to [N, C lastShuffle^2,
 * ...]; see `throughNetwork`.
 */
export function trainNetwork(
  tape: Tape,
  network: Network,
  x: Value,
  { values }: TrainedValues,
  hooks: TrainingHooks,
): Value {
  const next = values[Symbol.iterator]();
  const take = (): Value => next.next().value!;
  return throughNetwork(network, x, trainingSheet(tape), (value) =>
    trainBlocks(tape, network.blocks, value, { ...hooks, take }),
  );
}
