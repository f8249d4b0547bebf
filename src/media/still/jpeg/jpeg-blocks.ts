import type { HuffmanTable, ScanBits } from './jpeg-bits.js';

/** One component of a JPEG. */
export type Component = {
  readonly id: number;
  /** Blocks per unit (MCU) across and down: its sampling factors. */
  readonly across: number;
  readonly down: number;
  /** Numbers of its Huffman tables in this scan. */
  readonly dc: number;
  readonly ac: number;
};

/** The frame header of a JPEG. */
export type JpegFrame = {
  /** Samples. */
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly precision: number;
  readonly components: readonly Component[];
  /** Whether blocks come in several scans, each of which makes them finer. */
  readonly isProgressive: boolean;
};

/** The current Huffman tables, by their numbers. */
export type HuffmanTables = {
  readonly dc: readonly HuffmanTable[];
  readonly ac: readonly HuffmanTable[];
};

/** Reads through the blocks of one component in one scan. */
export type Passage = {
  /** Reads through block number `place`; `false` where its codes are invalid. */
  pass(bits: ScanBits, place: number): boolean;
  /** Must be called at restart markers and at the end; `false` where the scan cannot end there. */
  restart(): boolean;
};

/** For a scan whose tables are missing. */
export const neverPasses: Passage = { pass: () => false, restart: () => true };

/** Reads through one block of 8x8 samples; `false` where its codes are invalid. */
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
 * Reads the means (DC coefficients) of blocks, each of which is coded as the difference to the one
 * before. Damage makes them leave the range that samples can have.
 */
export class BlockMeans {
  #mean = 0;
  readonly #table: HuffmanTable;
  readonly #most: number;

  /** `bit` is the lowest bit of means that the scan holds. */
  constructor(table: HuffmanTable, { precision }: JpegFrame, bit: number) {
    this.#table = table;
    // Twice the mean of a white block.
    this.#most = 2 ** (precision + 3 - bit);
  }

  /** Reads one mean; `false` where it is invalid. */
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

/** The passage through a component of a baseline JPEG, whose scans hold whole blocks. */
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
