import type { Tape, Value } from '../autodiff/tape.js';
import type {
  AnyBlock,
  BlockKind,
  Grid,
  Inner,
  Names,
  Parameter,
  Running,
  Training,
} from './block.js';
import { type Convolution, convolutionKind } from './convolution.js';
import { type Dense, denseKind } from './dense.js';
import { type Enlargement, enlargementKind } from './enlargement.js';
import { type Residual, residualKind } from './residual.js';

/** A block of a network. */
export type Block = Convolution | Residual<Block> | Enlargement | Dense;

/** Every kind of block there is, one file each. */
const kinds: { readonly [K in Block['kind']]: BlockKind<Extract<Block, { kind: K }>> } = {
  convolution: convolutionKind,
  residual: residualKind,
  enlargement: enlargementKind,
  dense: denseKind,
};

function kindOf(block: Block): BlockKind<Block> {
  // TypeScript cannot see that the kind found takes this very block.
  return kinds[block.kind];
}

/** Calls `each` with every block and the grid it stands on; returns the grid after the last. */
function walk(
  blocks: readonly Block[],
  grid: Grid,
  each?: (kind: BlockKind<Block>, block: Block, grid: Grid) => void,
): Grid {
  return blocks.reduce((at, block) => {
    const kind = kindOf(block);
    each?.(kind, block, at);
    return kind.after(block, at, inner);
  }, grid);
}

/** The grid after `blocks`. Throws a RangeError for blocks that do not fit each other. */
export function gridAfter(blocks: readonly Block[], grid: Grid): Grid {
  return walk(blocks, grid);
}

/** The trainable values of `blocks`, in the order in which they are kept. */
export function blockParameters(blocks: readonly Block[], grid: Grid, names: Names): Parameter[] {
  const lists: Parameter[] = [];
  walk(blocks, grid, (kind, block, at) => {
    lists.push(...kind.parameters(block, at, names, inner));
  });
  return lists;
}

/** Multiplications of `blocks` per sample of the source. */
export function blockMultiplications(blocks: readonly Block[], grid: Grid): number {
  let sum = 0;
  walk(blocks, grid, (kind, block, at) => (sum += kind.multiplications(block, at, inner)));
  return sum;
}

/** Blocks within a `Block` are of its kinds as well. */
const asBlocks = (blocks: readonly AnyBlock[]) => blocks as readonly Block[];

const inner: Inner = {
  after: (blocks, grid) => gridAfter(asBlocks(blocks), grid),
  parameters: (blocks, grid, names) => blockParameters(asBlocks(blocks), grid, names),
  multiplications: (blocks, grid) => blockMultiplications(asBlocks(blocks), grid),
};

/** Adds `blocks` to a training graph. */
export function trainBlocks(
  tape: Tape,
  blocks: readonly Block[],
  x: Value,
  context: Omit<Training, 'blocks'>,
): Value {
  const training: Training = {
    ...context,
    blocks: (within, value) => trainBlocks(tape, asBlocks(within), value, context),
  };
  return blocks.reduce((value, block) => kindOf(block).train(tape, block, value, training), x);
}

/** Adds `blocks` to the graph of a model file. */
export function runBlocks(
  blocks: readonly Block[],
  x: string,
  context: Pick<Running, 'graph' | 'take'>,
): string {
  const running: Running = {
    ...context,
    blocks: (within, value) => runBlocks(asBlocks(within), value, context),
    after: inner.after,
  };
  return blocks.reduce((value, block) => kindOf(block).run(block, value, running), x);
}
