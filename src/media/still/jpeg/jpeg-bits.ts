/**
 * A Huffman table by the next 16 bits: the length of the code in the upper byte, its symbol in the
 * lower one; 0 where no code begins so.
 */
export type HuffmanTable = Uint16Array;

/** The table for a number of codes of each length, and their symbols in order. */
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

/** The bits of a scan's data, between two markers, without the zeros that are stuffed in. */
export class ScanBits {
  #held = 0;
  #count = 0;
  /** Bits that were asked for beyond the end of the data. */
  #missing = 0;
  readonly #bytes: Uint8Array;
  /** Where the next byte is read. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** The next 16 bits; zeros follow the data. */
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

  skip(bits: number): void {
    this.#count -= bits;
  }

  /** Whether more bits were taken than the data has. */
  get isShort(): boolean {
    return this.#missing > this.#count;
  }

  /** The next `count` bits, at most 16, as a number. */
  read(count: number): number {
    const value = count === 0 ? 0 : this.peek() >> (16 - count);
    this.skip(count);
    return value;
  }

  /** Where the first byte lies of which no bit was taken. */
  get firstUnread(): number {
    const ahead = Math.max(0, this.#count - this.#missing) >> 3;
    return this.at - ahead;
  }

  /** Goes on at byte `at`, after a marker. */
  restart(at: number): void {
    this.at = at;
    this.#count = 0;
    this.#held = 0;
    this.#missing = 0;
  }
}

/** The next marker from `at` on: its place. */
export function markerFrom(bytes: Uint8Array, at: number): number {
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] !== 0 && bytes[i + 1] !== 0xff) return i;
  }
  return bytes.length;
}
