import type { Tape, Value } from '../autodiff/tape.js';
import type { GraphBuilder } from '../onnx/graph-builder.js';

/** A block of any kind, as a block that contains it sees it. */
export type AnyBlock = { readonly kind: string };

/** The size of a picture on its way through a network, relative to the source. */
export type Grid = {
  readonly channels: number;
  /**
   * Samples across (and down) per sample of the source: 2 after an enlargement to twice the size,
   * 1/2 after an unshuffle by 2.
   */
  readonly density: number;
  /** Samples of this grid missing on each side so far, since convolutions are without padding. */
  readonly lost: number;
  /**
   * Width and height in samples where the network takes patches of one size; `null` where it takes
   * any picture.
   */
  readonly side: number | null;
};

/** One list of trainable values. */
export type Parameter = {
  /** Its name in model files, e.g. `conv3.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * For random initialisation: fan-in, the number of values that each result sums, and fan-out, the
   * number of results that each value takes part in. Absent for lists that begin as `fill`.
   */
  readonly fans?: { readonly in: number; readonly out: number };
  /** First value of the list where there are no fans; 0 if absent. */
  readonly fill?: number;
  /**
   * Begins ten times smaller: for the last layer before its result is added to something that is
   * nearly right already.
   */
  readonly small?: boolean;
};

/**
 * Gives names to the lists of each block: `names('conv')` is `conv0` at its first call, then
 * `conv1`.
 */
export type Names = (prefix: string) => string;

/** Numbered names for the blocks of one network. */
export function numbered(): Names {
  const counts = new Map<string, number>();
  return (prefix) => {
    const count = counts.get(prefix) ?? 0;
    counts.set(prefix, count + 1);
    return `${prefix}${count}`;
  };
}

/** What a kind of block can ask about the blocks within it. */
export type Inner = {
  /** The grid after `blocks`. */
  readonly after: (blocks: readonly AnyBlock[], grid: Grid) => Grid;
  readonly parameters: (blocks: readonly AnyBlock[], grid: Grid, names: Names) => Parameter[];
  /** See `BlockKind.multiplications`. */
  readonly multiplications: (blocks: readonly AnyBlock[], grid: Grid) => number;
};

/** What a block uses to write itself into a training graph. */
export type Training = {
  /** The next list of trainable values, in the order of `parameters`. */
  readonly take: () => Value;
  /** Writes inner blocks. */
  readonly blocks: (blocks: readonly AnyBlock[], x: Value) => Value;
  /** The kernel that a convolution computes with: for 8-bit networks it is rounded. */
  readonly kernel: (kernel: Value) => Value;
  /** The result of a convolution after its activation: for 8-bit networks it is rounded. */
  readonly result: (value: Value) => Value;
  /**
   * `x` with a random `share` of its values set to 0 and the others scaled up to keep the mean; `x`
   * itself when not learning.
   */
  readonly dropout: (x: Value, share: number) => Value;
};

/** What a block uses to write itself into the graph of a model file. */
export type Running = {
  readonly graph: GraphBuilder;
  /** The name of the next list of trained values, in the order of `parameters`. */
  readonly take: () => string;
  /** Writes inner blocks. */
  readonly blocks: (blocks: readonly AnyBlock[], x: string) => string;
  /** The grid after inner blocks. */
  readonly after: (blocks: readonly AnyBlock[], grid: Grid) => Grid;
};

/** A kind of block: its size, its trainable values, its cost, and its nodes in both graphs. */
export type BlockKind<B> = {
  /** The grid after the block. Throws a RangeError for a block that cannot follow on `grid`. */
  after(block: B, grid: Grid, inner: Inner): Grid;
  /** Its trainable values, in the order in which they are kept. */
  parameters(block: B, grid: Grid, names: Names, inner: Inner): Parameter[];
  /** Adds the block to a training graph, in operations that have gradients. */
  train(tape: Tape, block: B, x: Value, training: Training): Value;
  /** Adds the block to the graph of a model file. */
  run(block: B, x: string, running: Running): string;
  /** Multiplications per sample of the source. */
  multiplications(block: B, grid: Grid, inner: Inner): number;
};
