/** One component of a JPEG: how many blocks of it a unit has, and its tables in this scan. */
type Component = {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly dc: number;
  readonly ac: number;
};

type JpegFrame = {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
};

/**
 * A Huffman table by the next 16 bits: the length of the code in the upper byte, its symbol in the
 * lower one; 0 where no code begins so.
 */
type HuffmanTable = Uint16Array;

/** Bytes after a scan's last block that some cameras leave, and nobody misses. */
const spareBytes = 32;

function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
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
class ScanBits {
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

  /** Goes on at byte `at`, after a marker. */
  restart(at: number): void {
    this.at = at;
    this.#count = 0;
    this.#held = 0;
    this.#missing = 0;
  }
}

/** Passes over one block of 8x8 samples; `false` where its codes make no sense. */
function passBlock(bits: ScanBits, dc: HuffmanTable, ac: HuffmanTable): boolean {
  const first = dc[bits.peek()]!;
  if (first === 0) return false;
  bits.skip(first >> 8);
  bits.peek();
  bits.skip(first & 0xff);
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

/** The next marker from `at` on: its place. */
function markerFrom(bytes: Uint8Array, at: number): number {
  for (let i = at; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] !== 0 && bytes[i + 1] !== 0xff) return i;
  }
  return bytes.length;
}

/** What is wrong with one scan, and where the data after it goes on. */
type ScanEnd = { readonly fault: string | null; readonly at: number };

function passScan(
  bytes: Uint8Array,
  start: number,
  frame: JpegFrame,
  scanned: readonly Component[],
  tables: { readonly dc: readonly HuffmanTable[]; readonly ac: readonly HuffmanTable[] },
  restartInterval: number,
): ScanEnd {
  const widest = Math.max(...frame.components.map(({ across }) => across));
  const tallest = Math.max(...frame.components.map(({ down }) => down));
  const alone = scanned.length === 1 ? scanned[0]! : null;
  const units = (size: number, share: number, most: number): number =>
    alone === null ? Math.ceil(size / (8 * most)) : Math.ceil(Math.ceil((size * share) / most) / 8);
  const total =
    units(frame.width, alone?.across ?? 1, widest) * units(frame.height, alone?.down ?? 1, tallest);
  const bits = new ScanBits(bytes, start);
  for (let unit = 0; unit < total; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      const marker = markerFrom(bytes, bits.at);
      const kind = bytes[marker + 1] ?? 0;
      if (kind < 0xd0 || kind > 0xd7 || marker - bits.at > spareBytes) {
        return { fault: `its data does not fit together at block ${unit} of ${total}`, at: marker };
      }
      bits.restart(marker + 2);
    }
    for (const { across, down, dc, ac } of scanned) {
      const blocks = alone === null ? across * down : 1;
      const [dcTable, acTable] = [tables.dc[dc], tables.ac[ac]];
      for (let block = 0; block < blocks; block++) {
        if (dcTable === undefined || acTable === undefined || !passBlock(bits, dcTable, acTable)) {
          const at = markerFrom(bytes, bits.at);
          return { fault: `its data makes no sense at block ${unit} of ${total}`, at };
        }
      }
    }
    if (bits.isShort) {
      const at = markerFrom(bytes, bits.at);
      return { fault: `its data ends at block ${unit} of ${total}`, at };
    }
  }
  const end = markerFrom(bytes, bits.at);
  const left = end - bits.at;
  return {
    fault: left > spareBytes ? `${left} bytes of its data belong to no block` : null,
    at: end,
  };
}

/**
 * What is wrong with the data of a baseline JPEG, in words that go on from "it is broken:"; `null`
 * if nothing is. Its codes have no checksum, and decoders take broken ones for others; but then
 * blocks and data do not end together. Progressive and arithmetic JPEGs are left to the decoder.
 */
export function jpegScanFault(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = { dc: [] as HuffmanTable[], ac: [] as HuffmanTable[] };
  let frame: JpegFrame | null = null;
  let restartInterval = 0;
  for (let at = markerFrom(bytes, 2); at + 4 <= bytes.length;) {
    const kind = bytes[at + 1]!;
    if (kind === 0xd9) return null;
    if (kind === 0x01 || (kind >= 0xd0 && kind <= 0xd8)) {
      at = markerFrom(bytes, at + 2);
      continue;
    }
    const [body, end] = [at + 4, at + 2 + view.getUint16(at + 2)];
    if (end > bytes.length) return null;
    if (kind === 0xc4) readTables(bytes.subarray(body, end), tables);
    else if (kind === 0xc0 || kind === 0xc1) frame = readFrame(bytes.subarray(body, end));
    else if (kind > 0xc1 && kind <= 0xcf && kind !== 0xc8 && kind !== 0xcc) return null;
    else if (kind === 0xdd) restartInterval = view.getUint16(body);
    if (kind !== 0xda) {
      at = markerFrom(bytes, end);
      continue;
    }
    // A height of 0 is told after the scan.
    if (frame === null || frame.height === 0) return null;
    const scanned = readScan(bytes.subarray(body, end), frame);
    if (scanned.length === 0) return null;
    const scan = passScan(bytes, end, frame, scanned, tables, restartInterval);
    if (scan.fault !== null) return scan.fault;
    at = scan.at;
  }
  return null;
}

function readTables(
  body: Uint8Array,
  tables: { readonly dc: HuffmanTable[]; readonly ac: HuffmanTable[] },
): void {
  for (let at = 0; at + 17 <= body.length;) {
    const head = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    const symbols = counts.reduce((sum, count) => sum + count, 0);
    const table = huffmanTable(counts, body.subarray(at + 17, at + 17 + symbols));
    tables[head >> 4 === 0 ? 'dc' : 'ac'][head & 15] = table;
    at += 17 + symbols;
  }
}

function readFrame(body: Uint8Array): JpegFrame | null {
  if (body.length < 6) return null;
  const components = Array.from({ length: body[5]! }, (_, i) => ({
    id: body[6 + 3 * i] ?? 0,
    across: Math.max(1, (body[7 + 3 * i] ?? 0) >> 4),
    down: Math.max(1, (body[7 + 3 * i] ?? 0) & 15),
    ...{ dc: 0, ac: 0 },
  }));
  const [height, width] = [body[1]! * 256 + body[2]!, body[3]! * 256 + body[4]!];
  return { width, height, components };
}

/** The components of a scan, with the tables it names for them. */
function readScan(body: Uint8Array, { components }: JpegFrame): Component[] {
  const scanned: Component[] = [];
  for (let i = 0; i < (body[0] ?? 0); i++) {
    const component = components.find(({ id }) => id === body[1 + 2 * i]);
    const table = body[2 + 2 * i] ?? 0;
    if (component !== undefined) scanned.push({ ...component, dc: table >> 4, ac: table & 15 });
  }
  return scanned;
}
