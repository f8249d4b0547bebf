import type { HuffmanTable, ScanBits } from './jpeg-bits.js';
import {
  BlockMeans,
  neverPasses,
  type Component,
  type HuffmanTables,
  type JpegFrame,
  type Passage,
} from './jpeg-blocks.js';

/** Number of coefficients of a block. */
const coefficients = 64;

/** The part of blocks that a scan holds, from the end of its header. */
type Band = {
  /** The first and last coefficient, in zigzag order. */
  readonly first: number;
  readonly last: number;
  /** Whether it adds one bit to coefficients that earlier scans hold. */
  readonly refines: boolean;
  /** The lowest bit of the coefficients that it holds. */
  readonly bit: number;
};

function bandOf(header: Uint8Array): Band {
  const [first = 0, last = 0, bits = 0] = header.subarray(header.length - 3);
  return { first, last, refines: bits >> 4 > 0, bit: bits & 15 };
}

/** What the scans so far hold of one component. */
type Come = {
  /** The lowest bit of each coefficient so far; 255 for none. */
  readonly lowest: Uint8Array;
  /** Two words per block, with a bit set for every coefficient that is not zero so far. */
  readonly set: Uint32Array;
};

/** Follows the scans of a progressive JPEG, each of which depends on those before. */
export class Progress {
  readonly #come: ReadonlyMap<number, Come>;

  readonly #frame: JpegFrame;

  constructor(frame: JpegFrame) {
    this.#frame = frame;
    const { width, height, components } = frame;
    const [widest, tallest] = [
      Math.max(...components.map(({ across }) => across)),
      Math.max(...components.map(({ down }) => down)),
    ];
    const blocks = (size: number, share: number, most: number): number =>
      Math.ceil(Math.ceil((size * share) / most) / 8);
    this.#come = new Map(
      components.map(({ id, across, down }) => {
        const count = blocks(width, across, widest) * blocks(height, down, tallest);
        const lowest = new Uint8Array(coefficients).fill(255);
        return [id, { lowest, set: new Uint32Array(2 * count) }];
      }),
    );
  }

  /** The passage through `component` in the scan with this `header`. */
  passage(component: Component, header: Uint8Array, tables: HuffmanTables): Passage {
    const band = bandOf(header);
    const { lowest, set } = this.#come.get(component.id)!;
    lowest.fill(band.bit, band.first, Math.min(coefficients, band.last + 1));
    if (band.first === 0) return meansPassage(band, tables.dc[component.dc], this.#frame);
    const table = tables.ac[component.ac];
    return band.refines ? refiningPassage(band, table, set) : acPassage(band, table, set);
  }

  /** Says in words what no scan holds; `null` where the scans hold everything. */
  missing(): string | null {
    const isWhole = [...this.#come.values()].every(({ lowest }) =>
      lowest.every((bit) => bit === 0),
    );
    return isWhole ? null : 'its last scans are missing';
  }
}

/** The passage through the means of blocks: differences, or one more bit of each. */
function meansPassage(band: Band, table: HuffmanTable | undefined, frame: JpegFrame): Passage {
  if (band.refines) {
    return {
      pass: (bits) => bits.read(1) >= 0,
      restart: () => true,
    };
  }
  if (table === undefined) return neverPasses;
  const means = new BlockMeans(table, frame, band.bit);
  return {
    pass: (bits) => means.pass(bits),
    restart: () => {
      means.restart();
      return true;
    },
  };
}

const isSet = (set: Uint32Array, place: number, k: number): boolean =>
  ((set[2 * place + (k >> 5)]! >>> (k & 31)) & 1) === 1;

function mark(set: Uint32Array, place: number, k: number): void {
  set[2 * place + (k >> 5)]! |= 1 << (k & 31);
}

/** A code of a band: the number of zeros before it, and the number of bits after it. */
function codeOf(bits: ScanBits, table: HuffmanTable): { run: number; size: number } | null {
  const entry = table[bits.peek()]!;
  if (entry === 0) return null;
  bits.skip(entry >> 8);
  return { run: (entry >> 4) & 15, size: entry & 15 };
}

/** The passage through the first bits of a band; one code can end many blocks at once. */
function acPassage(
  { first, last }: Band,
  table: HuffmanTable | undefined,
  set: Uint32Array,
): Passage {
  if (table === undefined) return neverPasses;
  /** Number of further blocks that the last code has ended. */
  let ended = 0;
  return {
    pass(bits, place) {
      if (ended > 0) {
        ended--;
        return true;
      }
      for (let k = first; k <= last; k++) {
        const code = codeOf(bits, table);
        if (code === null) return false;
        if (code.size === 0 && code.run < 15) {
          ended = (1 << code.run) + bits.read(code.run) - 1;
          return true;
        }
        k += code.run;
        if (k > last) return false;
        if (code.size > 0) mark(set, place, k);
        bits.read(code.size);
      }
      return true;
    },
    restart: () => ended === 0,
  };
}

/**
 * The passage through one more bit of a band: coefficients that are still zero have codes, the
 * others one bit each.
 */
function refiningPassage(
  { first, last }: Band,
  table: HuffmanTable | undefined,
  set: Uint32Array,
): Passage {
  if (table === undefined) return neverPasses;
  let ended = 0;
  /** Reads the bits of non-zero coefficients from `from` on, until `zeros` zeros were passed. */
  const passSet = (bits: ScanBits, place: number, from: number, zeros: number): number => {
    let left = zeros;
    let k = from;
    for (; k <= last; k++) {
      if (isSet(set, place, k)) bits.read(1);
      else if (left-- === 0) break;
    }
    return k;
  };
  return {
    pass(bits, place) {
      let k = first;
      while (ended === 0 && k <= last) {
        const code = codeOf(bits, table);
        if (code === null || code.size > 1) return false;
        if (code.size === 0 && code.run < 15) {
          ended = (1 << code.run) + bits.read(code.run);
          break;
        }
        bits.read(code.size);
        k = passSet(bits, place, k, code.run);
        if (code.size > 0) {
          if (k > last) return false;
          mark(set, place, k);
        }
        k++;
      }
      if (ended > 0) {
        passSet(bits, place, k, Infinity);
        ended--;
      }
      return true;
    },
    restart: () => ended === 0,
  };
}
