/** An element of EBML: its number, and where its content lies. */
export type Element = { readonly id: number; readonly body: number; readonly end: number };

/** The element that begins at `at`; `null` where none is whole. Of an unknown size: up to `end`. */
export function elementAt(bytes: Buffer, at: number, end: number): Element | null {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const first = bytes[at + idLength] ?? 0;
  const sizeLength = Math.clz32(first) - 23;
  const body = at + idLength + sizeLength;
  if (idLength > 4 || sizeLength > 8 || body > bytes.length) return null;
  let size = first & (0xff >> sizeLength);
  let isUnknown = size === 0xff >> sizeLength;
  for (const byte of bytes.subarray(at + idLength + 1, body)) {
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  const id = bytes.readUIntBE(at, idLength);
  return { id, body, end: isUnknown ? end : Math.min(end, body + size) };
}

/** The elements of `bytes` between two places. */
export function elementsIn(bytes: Buffer, start = 0, end = bytes.length): Element[] {
  const found: Element[] = [];
  for (let at = start; at < end; at = found.at(-1)!.end) {
    const element = elementAt(bytes, at, end);
    if (element === null || element.end <= at) break;
    found.push(element);
  }
  return found;
}

/** The bytes of element `id` with `content`. */
export function element(id: number, ...content: readonly Uint8Array[]): Buffer {
  const name = Buffer.from(id.toString(16).padStart(2, '0'), 'hex');
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(content.reduce((sum, { length }) => sum + length, 0)));
  // A number of eight bytes begins with this one.
  size[0] = 1;
  return Buffer.concat([name, size, ...content]);
}

/** A whole number as an element's content. */
export function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
