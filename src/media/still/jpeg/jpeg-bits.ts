/**
 * A Huffman table, indexed by the next 16 bits: the length of the code in the upper byte, its
 * symbol in the lower one; 0 where no code begins with these bits.
 */
export type HuffmanTable = Uint16Array;

/** Makes a table of the numbers of codes of each length, 1 to 16, and their symbols in order. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(1 << 16);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < counts[length - 1]!; i++, code++) {
      const from = code << (16 - length);
      table.fill((length << 8) | symbols[place++]!, from, from + (1 << (16 - length)));
    }
    code <<= 1;
  }
  return table;
}

/** Reads the bits of a scan's data, up to the next marker, without its stuffed zero bytes. */
export class ScanBits {
  #held = 0;
  #count = 0;
  /** Number of bits that were added after the end of the data. */
  #missing = 0;
  readonly #bytes: Uint8Array;
  /** Place of the next byte to read. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The next 16 bits, without taking them; zeros after the end of the data. */
  peek(): number {
    while (this.#count < 16) {
      let next = 0;
      const byte = this.#bytes[this.at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.at + 1] !== 0))
        this.#missing += 8;
      else {
        next = byte;
        this.at += byte === 0xff ? 2 : 1;
      }
      this.#held = ((this.#held << 8) | next) & 0xffffff;
      this.#count += 8;
    }
    return (this.#held >> (this.#count - 16)) & 0xffff;
  }

  /** Consumes `bits` of the bits that `peek` has shown. */
  skip(bits: number): void {
    this.#count -= bits;
  }

  /** Whether more bits were taken than there are. */
  get isShort(): boolean {
    return this.#missing > this.#count;
  }

  /** Takes the next `count` bits, at most 16, as a number. */
  read(count: number): number {
    const value = count === 0 ? 0 : this.peek() >> (16 - count);
    this.skip(count);
    return value;
  }

  /** Place of the first byte of which no bit was taken. */
  get firstUnread(): number {
    const ahead = Math.max(0, this.#count - this.#missing) >> 3;
    return this.at - ahead;
  }

  /** Continues at byte `at`, after a restart marker. */
  restart(at: number): void {
    this.at = at;
    this.#count = 0;
    this.#held = 0;
    this.#missing = 0;
  }
}

/** Place of the next marker from `at` on; the length of `bytes` where there is none. */
export function markerFrom(bytes: Uint8Array, at: number): number {
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] !== 0 && bytes[i + 1] !== 0xff) return i;
  }
  return bytes.length;
}
