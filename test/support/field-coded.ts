/** Writes bits, the first one as the highest of a byte. */
class BitWriter {
  readonly #bytes: number[] = [];
  #byte = 0;
  #filled = 0;

  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      this.#byte = (this.#byte << 1) | ((value >> i) & 1);
      if (++this.#filled < 8) continue;
      this.#bytes.push(this.#byte);
      this.#byte = 0;
      this.#filled = 0;
    }
  }

  /** An unsigned number as an Exp-Golomb code. */
  ue(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    this.bits(0, length);
    this.bits(value + 1, length + 1);
  }

  /** Zeros up to a whole byte, then `bytes`. */
  aligned(bytes: Uint8Array): void {
    while (this.#filled > 0) this.bits(0, 1);
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** What was written, ended by a one and zeros. */
  ended(): Uint8Array {
    this.bits(1, 1);
    while (this.#filled > 0) this.bits(0, 1);
    return Uint8Array.from(this.#bytes);
  }
}

/** A unit of an H.264 stream, after its start code. */
function unit(header: number, payload: Uint8Array): number[] {
  const bytes = [0, 0, 0, 1, header];
  let zeros = 0;
  for (const byte of payload) {
    // No start code may come up by chance.
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return bytes;
}

/** What a stream is made of; width a multiple of 16, height of 32. */
export type FieldCoded = {
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly rate: number;
  /** The field that is coded and shown first. */
  readonly first: 'top' | 'bottom';
};

/** The stream's parameters: fields may be coded one by one, and are 2 * `rate` a second. */
function parameters({ width, height, rate }: FieldCoded): number[] {
  const set = new BitWriter();
  set.bits(77, 8); // Main profile,
  set.bits(0, 8);
  set.bits(30, 8); // level 3.
  set.ue(0);
  set.ue(4); // Frames are numbered in 8 bits,
  set.ue(0);
  set.ue(4); // times in 8 bits.
  set.ue(1); // One frame is kept for reference.
  set.bits(0, 1);
  set.ue(width / 16 - 1);
  set.ue(height / 32 - 1);
  set.bits(0, 1); // Not only frames,
  set.bits(0, 1); // and no choice of field or frame by macroblock.
  set.bits(1, 1);
  set.bits(0, 1); // Nothing is cropped.
  set.bits(1, 1); // Of the display's parameters
  set.bits(0, 4); // none but
  set.bits(1, 1); // the times are given:
  set.bits(0, 16);
  set.bits(1, 16); // one tick a field,
  set.bits(0, 16);
  set.bits(2 * rate, 16); // and so many a second,
  set.bits(1, 1); // always.
  set.bits(0, 3);
  set.bits(1, 1); // Pictures are shown in the order in which they are coded.
  set.bits(1, 1);
  set.ue(0);
  set.ue(0);
  set.ue(10);
  set.ue(10);
  set.ue(0);
  set.ue(1);
  const picture = new BitWriter();
  picture.ue(0);
  picture.ue(0);
  picture.bits(0, 2);
  picture.ue(0);
  picture.ue(0);
  picture.ue(0);
  picture.bits(0, 3);
  picture.ue(0);
  picture.ue(0);
  picture.ue(0);
  picture.bits(0b100, 3); // Slices say whether blocks are smoothed.
  return [...unit(0x67, set.ended()), ...unit(0x68, picture.ended())];
}

/** The macroblock at `column`, `row` of one field: its samples as they are. */
function samples(frame: Uint8Array, stream: FieldCoded, at: readonly number[], line: 0 | 1) {
  const { width, height } = stream;
  const [column = 0, row = 0] = at;
  const found: number[] = [];
  const add = (start: number, stride: number, side: number): void => {
    for (let y = 0; y < side; y++) {
      const from = start + (2 * (row * side + y) + line) * stride + column * side;
      found.push(...frame.subarray(from, from + side));
    }
  };
  add(0, width, 16);
  add(width * height, width / 2, 8);
  add((width * height * 5) / 4, width / 2, 8);
  return Uint8Array.from(found);
}

/**
 * An H.264 stream of field pictures (PAFF), which ffmpeg's encoders cannot make: each field of each
 * frame, of yuv420p, is a picture of its own, with its samples as they are.
 */
export function fieldCoded(frames: readonly Uint8Array[], stream: FieldCoded): Uint8Array {
  const bytes: number[] = [];
  frames.forEach((frame, number) => {
    for (const second of [0, 1] as const) {
      const isBottom = (stream.first === 'bottom') !== (second === 1);
      const isKey = second === 0 && number % 12 === 0;
      const count = number % 12;
      if (isKey) bytes.push(...unit(0x09, Uint8Array.of(0x10)), ...parameters(stream));
      else bytes.push(...unit(0x09, Uint8Array.of(0x10)));
      const slice = new BitWriter();
      slice.ue(0);
      slice.ue(7); // All slices of the picture are coded without others.
      slice.ue(0);
      slice.bits(count, 8);
      slice.bits(1, 1); // A field picture:
      slice.bits(isBottom ? 1 : 0, 1);
      if (isKey) slice.ue((number / 12) % 2);
      slice.bits(2 * count + second, 8);
      slice.bits(0, isKey ? 2 : 1); // How references are kept: as usual.
      slice.ue(0);
      slice.ue(1); // Blocks are not smoothed.
      for (let row = 0; row < stream.height / 32; row++) {
        for (let column = 0; column < stream.width / 16; column++) {
          slice.ue(25); // Samples as they are.
          slice.aligned(samples(frame, stream, [column, row], isBottom ? 1 : 0));
        }
      }
      bytes.push(...unit(isKey ? 0x65 : 0x61, slice.ended()));
    }
  });
  return Uint8Array.from(bytes);
}
