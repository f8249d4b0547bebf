/** An EBML element: its id, and where its content begins and ends, in bytes. */
export type Element = { readonly id: number; readonly body: number; readonly end: number };

/**
 * The element that begins at `at`; `null` where its header is not whole. An element of unknown size
 * extends to `end`.
 */
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

/** The elements of `bytes` from `start` to `end`, as far as they are whole. */
export function elementsIn(bytes: Buffer, start = 0, end = bytes.length): Element[] {
  const found: Element[] = [];
  for (let at = start; at < end; at = found.at(-1)!.end) {
    const element = elementAt(bytes, at, end);
    if (element === null || element.end <= at) break;
    found.push(element);
  }
  return found;
}

/** The bytes of an element with this id and content. */
export function element(id: number, ...content: readonly Uint8Array[]): Buffer {
  const name = Buffer.from(id.toString(16).padStart(2, '0'), 'hex');
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(content.reduce((sum, { length }) => sum + length, 0)));
  // 1 as the first byte states that the number has eight bytes.
  size[0] = 1;
  return Buffer.concat([name, size, ...content]);
}

/** A whole number from 0 on, as the content of an element. */
export function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
