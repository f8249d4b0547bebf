/**
 * Writes the flags of a DVD's film into an MPEG-2 elementary stream of whole frames: 24 pictures a
 * second that are shown for two and three fields by turns, in a stream that says 30. Bytes are
 * changed in place. Layout: ISO/IEC 13818-2, 6.2.
 */
export function flagAsFilm(stream: Buffer): void {
  const pictures: { readonly number: number; extension: number }[] = [];
  let base = 0;
  for (let at = stream.indexOf(start); at >= 0; at = stream.indexOf(start, at + 3)) {
    const [code, next = 0] = [stream[at + 3], stream[at + 4]];
    if (code === 0xb3)
      stream[at + 7] = (stream[at + 7]! & 0xf0) | 4; // 30000/1001 frames a second.
    // Groups of pictures number their pictures anew, in the order in which they are shown.
    else if (code === 0xb8) base = pictures.length;
    else if (code === 0x00) {
      const number = base + ((next << 2) | (stream[at + 5]! >> 6));
      pictures.push({ number, extension: 0 });
    } else if (code === 0xb5 && next >> 4 === 1) {
      stream[at + 5]! &= ~0x08; // Not a progressive sequence, in which the flags would mean more.
    } else if (code === 0xb5 && next >> 4 === 8) pictures.at(-1)!.extension = at + 4;
  }
  for (const { number, extension } of pictures) {
    const [top, again] = shown[number % shown.length]!;
    const flags = stream[extension + 3]! & ~0x82;
    stream[extension + 3] = flags | (top ? 0x80 : 0) | (again ? 0x02 : 0) | 0x40;
    stream[extension + 4]! |= 0x80;
  }
}

const start = Buffer.from([0, 0, 1]);

/** Of four pictures, whether the top field comes first and whether the first one comes again. */
const shown = [
  [true, true],
  [false, false],
  [false, true],
  [true, false],
] as const;
