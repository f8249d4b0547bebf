/** What a synthetic shared library holds. */
export type MadeUpLibrary = {
  /** The libraries that it needs: the names of its NEEDED entries. */
  readonly needs: readonly string[];
  /** A text somewhere in the file between two zero bytes, as ONNX Runtime's version is. */
  readonly text?: string;
};

/** The bytes of an ELF64 file for x64 with one loaded segment and a dynamic section. */
export function elfOf({ needs, text = '' }: MadeUpLibrary): Buffer {
  const address = 0x10000;
  const start = 64 + 2 * 56;
  const strings = Buffer.from(`\0${needs.join('\0')}\0`, 'latin1');
  const rest = Buffer.from(`\0${text}\0`, 'latin1');
  const dynamicAt = start + strings.length + rest.length;
  const entries: [bigint, bigint][] = [];
  let at = 1;
  for (const name of needs) {
    entries.push([1n, BigInt(at)]);
    at += name.length + 1;
  }
  entries.push([5n, BigInt(address + start)], [0n, 0n]);
  const dynamic = Buffer.alloc(entries.length * 16);
  entries.forEach(([tag, value], i) => {
    dynamic.writeBigUInt64LE(tag, i * 16);
    dynamic.writeBigUInt64LE(value, i * 16 + 8);
  });
  const length = dynamicAt + dynamic.length;
  const head = Buffer.alloc(start);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(head);
  head.writeUInt16LE(3, 16);
  head.writeUInt16LE(62, 18);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(2, 56);
  const segment = (place: number, type: number, offset: number, size: number): void => {
    head.writeUInt32LE(type, place);
    head.writeBigUInt64LE(BigInt(offset), place + 8);
    head.writeBigUInt64LE(BigInt(address + offset), place + 16);
    head.writeBigUInt64LE(BigInt(size), place + 32);
    head.writeBigUInt64LE(BigInt(size), place + 40);
  };
  segment(64, 1, 0, length);
  segment(64 + 56, 2, dynamicAt, dynamic.length);
  return Buffer.concat([head, strings, rest, dynamic]);
}
