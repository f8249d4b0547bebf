import type { HuffmanTable, ScanBits } from './jpeg-bits.js';

/** One component of a JPEG: how many blocks of it a unit has, and its tables in this scan. */
export type Component = {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly dc: number;
  readonly ac: number;
};

export type JpegFrame = {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly precision: number;
  readonly components: readonly Component[];
  /** Blocks come in several scans, each of which makes them finer. */
  readonly isProgressive: boolean;
};

/** The Huffman tables in force, by their numbers. */
export type HuffmanTables = {
  readonly dc: readonly HuffmanTable[];
  readonly ac: readonly HuffmanTable[];
};

/** How the blocks of one component are passed over in one scan. */
export type Passage = {
  /** Passes over the block at `place`; `false` where its codes make no sense. */
  pass(bits: ScanBits, place: number): boolean;
  /** To be called at restart markers and at the end; `false` where the scan cannot end there. */
  restart(): boolean;
};

/** A scan whose tables are missing. */
export const neverPasses: Passage = { pass: () => false, restart: () => true };

/** Passes over one block of 8x8 samples; `false` where its codes make no sense. */
function passBlock(bits: ScanBits, means: BlockMeans, ac: HuffmanTable): boolean {
  if (!means.pass(bits)) return false;
  for (let k = 1; k < 64; k++) {
    const entry = ac[bits.peek()]!;
    if (entry === 0) return false;
    bits.skip(entry >> 8);
    const [run, size] = [(entry >> 4) & 15, entry & 15];
    if (size === 0 && run !== 15) return true;
    k += run;
    if (k > 63) return false;
    bits.peek();
    bits.skip(size);
  }
  return true;
}

/**
 * The means of blocks, each coded as the difference to the one before. Broken codes lead them out
 * of what samples can be.
 */
export class BlockMeans {
  #mean = 0;
  readonly #table: HuffmanTable;
  readonly #most: number;

  /** `bit` is the lowest bit of a mean that is coded. */
  constructor(table: HuffmanTable, { precision }: JpegFrame, bit: number) {
    this.#table = table;
    // Twice what a block of white is.
    this.#most = 2 ** (precision + 3 - bit);
  }

  /** Passes over one mean; `false` where it makes no sense. */
  pass(bits: ScanBits): boolean {
    const entry = this.#table[bits.peek()]!;
    if (entry === 0) return false;
    bits.skip(entry >> 8);
    const size = entry & 0xff;
    const code = bits.read(size);
    this.#mean += code < 2 ** (size - 1) ? code - 2 ** size + 1 : code;
    return Math.abs(this.#mean) <= this.#most;
  }

  restart(): void {
    this.#mean = 0;
  }
}

/** How a component's blocks lie in a scan of a baseline JPEG: whole. */
export function baselinePassage(
  { dc, ac }: Component,
  frame: JpegFrame,
  tables: HuffmanTables,
): Passage {
  const [dcTable, acTable] = [tables.dc[dc], tables.ac[ac]];
  if (dcTable === undefined || acTable === undefined) return neverPasses;
  const means = new BlockMeans(dcTable, frame, 0);
  return {
    pass: (bits) => passBlock(bits, means, acTable),
    restart: () => {
      means.restart();
      return true;
    },
  };
}
