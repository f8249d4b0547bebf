import { multiply, add } from '../autodiff/pointwise.js';
import { crop, depthToSpace, reshape, spaceToDepth, transpose } from '../autodiff/shape.js';
import { sizeOf, type Tape, type Value } from '../autodiff/tape.js';
import type { Training } from '../blocks/block.js';
import { trainBlocks } from '../blocks/kinds.js';
import { type Network, parametersOf, type Placed, withoutDial } from './network.js';
import type { PatchGrid } from './patch-grid.js';
import { type PictureOperations, throughNetwork } from './through-network.js';

/** The parts of a training graph that depend on its use: rounding to 8 bits, and dropout. */
export type TrainingHooks = Pick<Training, 'kernel' | 'result' | 'dropout'>;

/**
 * For a network of patches, `whole` says whether each input is a picture, to be cut into patches
 * and put together again, or one patch.
 */
function trainingOperations(tape: Tape, whole: boolean): PictureOperations<Value> {
  return {
    unshuffled: (x, block) => spaceToDepth(tape, x, block),
    shuffled: (x, block) => depthToSpace(tape, x, block),
    cropped(x, by) {
      if (by === 0) return x;
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return crop(tape, x, [0, 0, by, by], [n, c, h - 2 * by, w - 2 * by]);
    },
    sum: (a, b) => add(tape, a, b),
    // A plain node, since its input is the source picture, which needs no gradient.
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
    patched: (x, grid, channels) => (whole ? patchRows(tape, x, grid, channels) : x),
    blended: (x, grid, channels) =>
      whole
        ? blendedRows(tape, x, grid, channels)
        : reshape(tape, x, [x.shape[0]!, channels, grid.large, grid.large]),
  };
}

/** The patches of a picture [1, C, H, W], a row of values each. Plain nodes without a gradient. */
function patchRows(tape: Tape, x: Value, grid: PatchGrid, channels: number): Value {
  const { size, step, units } = grid;
  const [, , h, w] = x.shape as [number, number, number, number];
  const [down, across] = [h, w].map((extent) => Math.floor((extent - size) / step) + 1);
  const values = channels * size * size;
  const kernel = tape.graph.initializer('units', 'float32', [values, 1, size, size], units);
  const attributes = { kernel_shape: [size, size], strides: [step, step], group: channels };
  const apart = tape.node('Conv', [x], [1, values, down!, across!], attributes, [kernel]);
  const last = tape.node('Transpose', [apart], [1, down!, across!, values], { perm: [0, 2, 3, 1] });
  const rows = [down! * across!, values];
  return tape.node('Reshape', [last], rows, {}, [tape.graph.ints('shape', rows)]);
}

/** The reverse: from a row per patch to the picture, without the part that context has made. */
function blendedRows(tape: Tape, x: Value, grid: PatchGrid, channels: number): Value {
  const { large, largeStep, window, before, after } = grid;
  const values = channels * large * large;
  // As many patches across as down: whole pictures in training are square.
  const across = Math.sqrt(x.shape[0]!);
  const apart = reshape(tape, x, [1, across, across, values]);
  const first = transpose(tape, apart, [0, 3, 1, 2]);
  const kernel = tape.graph.initializer('window', 'float32', [values, 1, large, large], window);
  const side = (across - 1) * largeStep + large;
  const attributes = {
    ...{ kernel_shape: [large, large], strides: [largeStep, largeStep], group: channels },
  };
  const whole = tape.node('ConvTranspose', [first], [1, channels, side, side], attributes, [
    kernel,
  ]);
  const extent = side - before - after;
  return crop(tape, whole, [0, 0, before, before], [1, channels, extent, extent]);
}

/** The lists grouped by block: those that share a prefix such as `conv3`. */
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
   * Adds their gradients as one list in the order of the weights, named `name`; to be called after
   * `Tape.backward`.
   */
  readonly gradient: (name: string) => string;
};

/**
 * The trainable values as views of `flat`, all of them in one list. For a network with a dial, they
 * are those at `strength`, the name of a value [1].
 */
export function trainedValues(
  tape: Tape,
  network: Network,
  flat: Value,
  strength: string | null,
): TrainedValues {
  if (strength === null) return plainValues(tape, network, flat);
  const { graph } = tape;
  const count = sizeOf(flat.shape) / 2;
  const [base, slope] = graph.ops('Split', [flat.name, graph.ints('sizes', [count, count])], 2, {
    axis: 0,
  }) as [string, string];
  const name = graph.op('Add', [base, graph.op('Mul', [slope, strength])]);
  const plain = plainValues(tape, withoutDial(network), { name, shape: [count] });
  return {
    ...plain,
    gradient(output) {
      const ofBase = plain.gradient(graph.unique('plainGradient'));
      const ofSlope = graph.op('Mul', [ofBase, strength]);
      return graph.op('Concat', [ofBase, ofSlope], { axis: 0 }, output);
    },
  };
}

function plainValues(tape: Tape, network: Network, flat: Value): TrainedValues {
  const views = viewsOf(tape, parametersOf(network), flat);
  for (const value of views.flat()) tape.want(value);
  return { values: views.flat(), gradient: (name) => gradientOf(tape, views, name) };
}

/** The lists of each block as views of `flat`, all of them in one list; asks for no gradient. */
export function viewsOf(tape: Tape, lists: readonly Placed[], flat: Value): Value[][] {
  const { graph } = tape;
  const split = (whole: string, sizes: readonly number[]) =>
    graph.ops('Split', [whole, graph.ints('sizes', sizes)], sizes.length, { axis: 0 });
  const groups = grouped(lists);
  // Split into blocks, and those into lists: WebGPU takes no Split of more than 11 parts.
  const wholes = split(
    flat.name,
    groups.map((group) => group.reduce((sum, { size }) => sum + size, 0)),
  );
  return groups.map((group, i) =>
    split(
      wholes[i]!,
      group.map(({ size }) => size),
    ).map((name, j) => {
      const { shape } = group[j]!;
      const constants = [graph.ints('shape', shape)];
      return tape.node('Reshape', [{ name, shape }], shape, {}, constants);
    }),
  );
}

/**
 * The gradients of the `views` of `viewsOf` as one list, named `name`, in the order of the weights.
 * All of them must have been given to `Tape.want`, and `Tape.backward` been called.
 */
export function gradientOf(tape: Tape, views: readonly (readonly Value[])[], name: string): string {
  const { graph } = tape;
  const listOf = (value: Value) => {
    const constants = [graph.ints('shape', [sizeOf(value.shape)])];
    return tape.node('Reshape', [tape.gradient(value)], [], {}, constants).name;
  };
  const pieces = views.map((values) => graph.op('Concat', values.map(listOf), { axis: 0 }));
  return graph.op('Concat', pieces, { axis: 0 }, name);
}

/**
 * Writes the network up to the last shuffle into a training graph, from [N, C, h + 2 reach, w + 2
 * reach] to [N, C lastShuffle^2, ...]; see `throughNetwork`. A network of patches takes patches [N,
 * C, size, size] instead or, where `whole` is set, one square picture.
 */
export function trainNetwork(
  tape: Tape,
  network: Network,
  x: Value,
  { values }: TrainedValues,
  { whole = false, ...hooks }: TrainingHooks & { readonly whole?: boolean },
): Value {
  const next = values[Symbol.iterator]();
  const take = (): Value => next.next().value!;
  return throughNetwork(network, x, trainingOperations(tape, whole), (value) =>
    trainBlocks(tape, network.blocks, value, { ...hooks, take }),
  );
}
