import type { Tape, Value } from '../autodiff/tape.js';
import type { GraphBuilder } from '../onnx/graph-builder.js';

/** A block of any kind, as one that contains others knows them. */
export type AnyBlock = { readonly kind: string };

/** A picture on its way through a network. */
export type Grid = {
  readonly channels: number;
  /**
   * Samples each way for each sample of the source: 2 once it was enlarged twice, 1/2 where it is
   * unshuffled by 2.
   */
  readonly density: number;
  /** Samples of this grid missing on each side by now, since convolutions add no border. */
  readonly lost: number;
  /**
   * Samples each way where the network takes patches of one size; `null` where it takes any
   * picture.
   */
  readonly side: number | null;
};

/** One list of trainable values. */
export type Parameter = {
  /** In model files, e.g. `conv3.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * For random beginnings: how many values a result sums, and how many results a value takes part
   * in. Absent for lists that begin with `fill` everywhere.
   */
  readonly fans?: { readonly in: number; readonly out: number };
  /** What each value is at first where there are no fans; 0 if absent. */
  readonly fill?: number;
  /**
   * It makes the last change before a sum with something that is nearly right: it begins ten times
   * smaller.
   */
  readonly small?: boolean;
};

/**
 * Gives names to the lists of each block: `names('conv')` is `conv0` at its first call, then
 * `conv1`.
 */
export type Names = (prefix: string) => string;

/** Names for the blocks of one network. */
export function numbered(): Names {
  const counts = new Map<string, number>();
  return (prefix) => {
    const count = counts.get(prefix) ?? 0;
    counts.set(prefix, count + 1);
    return `${prefix}${count}`;
  };
}

/** What a kind that contains blocks can ask about them. */
export type Inner = {
  /** The grid after `blocks`. */
  readonly after: (blocks: readonly AnyBlock[], grid: Grid) => Grid;
  readonly parameters: (blocks: readonly AnyBlock[], grid: Grid, names: Names) => Parameter[];
  /** See `BlockKind.multiplications`. */
  readonly multiplications: (blocks: readonly AnyBlock[], grid: Grid) => number;
};

/** What a block is given while the training graph is written. */
export type Training = {
  /** The next list of trainable values, in the order of `parameters`. */
  readonly take: () => Value;
  /** Writes inner blocks. */
  readonly blocks: (blocks: readonly AnyBlock[], x: Value) => Value;
  /** A convolution's kernel as it will compute, which 8-bit networks round. */
  readonly kernel: (kernel: Value) => Value;
  /** A convolution's result after its activation, which 8-bit networks round. */
  readonly result: (value: Value) => Value;
  /**
   * `x` with a random `share` of its values left out and the others made larger for it; `x` itself
   * when not learning.
   */
  readonly dropout: (x: Value, share: number) => Value;
};

/** What a block is given while a model file's graph is written. */
export type Running = {
  readonly graph: GraphBuilder;
  /** The name of the next list of trained values, in the order of `parameters`. */
  readonly take: () => string;
  /** Writes inner blocks. */
  readonly blocks: (blocks: readonly AnyBlock[], x: string) => string;
  /** The grid after inner blocks. */
  readonly after: (blocks: readonly AnyBlock[], grid: Grid) => Grid;
};

/** Everything that is known of a kind of block, in one place. */
export type BlockKind<B> = {
  /** The grid after the block. A block that does not fit where it stands is a RangeError. */
  after(block: B, grid: Grid, inner: Inner): Grid;
  /** Its trainable values, in the order in which they are kept. */
  parameters(block: B, grid: Grid, names: Names, inner: Inner): Parameter[];
  /** Adds the block to a training graph, whose operations bring their gradients. */
  train(tape: Tape, block: B, x: Value, training: Training): Value;
  /** Adds the block to the graph of a model file. */
  run(block: B, x: string, running: Running): string;
  /** Multiplications for each sample of the source. */
  multiplications(block: B, grid: Grid, inner: Inner): number;
};
