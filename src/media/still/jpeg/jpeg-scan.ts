import { huffmanTable, markerFrom, ScanBits, type HuffmanTable } from './jpeg-bits.js';
import { baselinePassage, type Component, type JpegFrame, type Passage } from './jpeg-blocks.js';
import { Progress } from './jpeg-progress.js';

/** A component of a scan, and the passage through its blocks. */
type ScannedComponent = { readonly component: Component; readonly passage: Passage };

/** So many bytes may follow a scan's last block: some cameras write such. */
const spareBytes = 32;

/** The same for progressive JPEGs, which cameras do not write: only the last byte is filled up. */
const spareProgressiveBytes = 2;

/** What is wrong with one scan, in words, and the place of the marker after it. */
type ScanEnd = { readonly fault: string | null; readonly at: number };

/** Reads through one scan, whose data begins at `start`. */
function passScan(
  bytes: Uint8Array,
  start: number,
  frame: JpegFrame,
  scanned: readonly ScannedComponent[],
  restartInterval: number,
): ScanEnd {
  const widest = Math.max(...frame.components.map(({ across }) => across));
  const tallest = Math.max(...frame.components.map(({ down }) => down));
  const alone = scanned.length === 1 ? scanned[0]!.component : null;
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
      if (scanned.some(({ passage }) => !passage.restart())) {
        return { fault: `its data does not fit together at block ${unit} of ${total}`, at: marker };
      }
      bits.restart(marker + 2);
    }
    for (const { component, passage } of scanned) {
      const blocks = alone === null ? component.across * component.down : 1;
      for (let block = 0; block < blocks; block++) {
        if (!passage.pass(bits, unit)) {
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
  const left = end - bits.firstUnread;
  // An encoder never writes a run of empty blocks that is longer than the rest of the picture.
  if (scanned.some(({ passage }) => !passage.restart())) {
    return { fault: `its data does not fit together at block ${total} of ${total}`, at: end };
  }
  return {
    fault:
      left > (frame.isProgressive ? spareProgressiveBytes : spareBytes)
        ? `${left} bytes of its data belong to no block`
        : null,
    at: end,
  };
}

/**
 * What is wrong with the data of a baseline or progressive JPEG, in words that follow "it is
 * broken:"; `null` if nothing is. JPEG has no checksum, and decoders take damaged codes for other
 * valid ones; but then the blocks and the data do not end at the same place. JPEGs with arithmetic
 * coding are not examined.
 *
 * Source: ITU-T T.81.
 */
export function jpegScanFault(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = { dc: [] as HuffmanTable[], ac: [] as HuffmanTable[] };
  let frame: JpegFrame | null = null;
  let progress: Progress | null = null;
  let restartInterval = 0;
  let at = markerFrom(bytes, 2);
  while (at + 4 <= bytes.length) {
    const kind = bytes[at + 1]!;
    if (kind === 0xd9) break;
    if (kind === 0x01 || (kind >= 0xd0 && kind <= 0xd8)) {
      at = markerFrom(bytes, at + 2);
      continue;
    }
    const [body, end] = [at + 4, at + 2 + view.getUint16(at + 2)];
    if (end > bytes.length) break;
    if (kind === 0xc4) readTables(bytes.subarray(body, end), tables);
    else if (kind >= 0xc0 && kind <= 0xc2) {
      frame = readFrame(bytes.subarray(body, end), kind === 0xc2);
      progress = frame?.isProgressive === true ? new Progress(frame) : null;
    } else if (kind > 0xc2 && kind <= 0xcf && kind !== 0xc8 && kind !== 0xcc) return null;
    else if (kind === 0xdd) restartInterval = view.getUint16(body);
    if (kind !== 0xda) {
      at = markerFrom(bytes, end);
      continue;
    }
    // With a height of 0, the height is stated after the scan.
    if (frame === null || frame.height === 0) return null;
    const header = bytes.subarray(body, end);
    const components = readScan(header, frame);
    const whole = frame;
    if (components.length === 0) return null;
    const scanned = components.map((component) => ({
      component,
      passage:
        progress?.passage(component, header, tables) ?? baselinePassage(component, whole, tables),
    }));
    const scan = passScan(bytes, end, frame, scanned, restartInterval);
    if (scan.fault !== null) return scan.fault;
    at = scan.at;
  }
  if (progress === null) return null;
  return bytes[at + 1] === 0xd9 ? progress.missing() : 'it ends before its last scan';
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

function readFrame(body: Uint8Array, isProgressive: boolean): JpegFrame | null {
  if (body.length < 6) return null;
  const components = Array.from({ length: body[5]! }, (_, i) => ({
    id: body[6 + 3 * i] ?? 0,
    across: Math.max(1, (body[7 + 3 * i] ?? 0) >> 4),
    down: Math.max(1, (body[7 + 3 * i] ?? 0) & 15),
    ...{ dc: 0, ac: 0 },
  }));
  const precision = body[0]!;
  const [height, width] = [body[1]! * 256 + body[2]!, body[3]! * 256 + body[4]!];
  return { width, height, precision, components, isProgressive };
}

/** The components of a scan, with the numbers of their tables. */
function readScan(body: Uint8Array, { components }: JpegFrame): Component[] {
  const scanned: Component[] = [];
  for (let i = 0; i < (body[0] ?? 0); i++) {
    const component = components.find(({ id }) => id === body[1 + 2 * i]);
    const table = body[2 + 2 * i] ?? 0;
    if (component !== undefined) scanned.push({ ...component, dc: table >> 4, ac: table & 15 });
  }
  return scanned;
}
