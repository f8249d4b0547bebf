import { open, type FileHandle } from 'node:fs/promises';

/**
 * The least disposal method that takes a frame away again: to the background, or to what was before
 * (GIF89a, section 23).
 */
const leastTakenAway = 2;

/** Bytes of a file in order, read in pieces. */
class Bytes {
  readonly #file: FileHandle;
  #piece = Buffer.alloc(1 << 16);
  #held = 0;
  #at = 0;
  #next = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The next byte; `NaN` at the end. */
  async byte(): Promise<number> {
    if (this.#at === this.#held) {
      const { bytesRead } = await this.#file.read(this.#piece, 0, this.#piece.length, this.#next);
      [this.#at, this.#held] = [0, bytesRead];
      this.#next += bytesRead;
      if (bytesRead === 0) return NaN;
    }
    return this.#piece[this.#at++]!;
  }

  /** How many were read or passed over. */
  get position(): number {
    return this.#next - this.#held + this.#at;
  }

  /** Moves on by a number of bytes; those that are not held are never read. */
  passOver(count: number): void {
    const left = this.#held - this.#at;
    if (count <= left) this.#at += count;
    else {
      this.#next += count - left;
      this.#at = this.#held = 0;
    }
  }

  /** Moves on beyond data sub-blocks: each begins with its size, and one of size 0 ends them. */
  async passOverBlocks(): Promise<void> {
    for (let size = await this.byte(); size > 0; size = await this.byte()) this.passOver(size);
  }
}

/** Bytes of the fields that tell nothing here. */
const sizes = {
  /** The screen's width and height. */
  screen: 4,
  /** The background's number and the pixels' aspect, after the screen's packed field. */
  background: 2,
  /** A control block's own size, before its packed field. */
  controlSize: 1,
  /** Its delay and transparent colour, after that. */
  control: 3,
  /** An image's place and size, before its packed field. */
  image: 8,
  /** The smallest code of its compression, after its colours. */
  smallestCode: 1,
} as const;

/** What blocks begin with. */
const [extension, image, trailer, graphicControl] = [0x21, 0x2c, 0x3b, 0xf9];

/** Bytes of a colour table that a packed field announces in its lowest bits. */
function tableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 << ((packed & 7) + 1);
}

/** What the blocks of a GIF tell. */
export type GifBlocks = {
  /** They follow one another up to the trailer, and next to nothing comes after it. */
  readonly isWhole: boolean;
  /** A frame is taken away before the next, so that what was opaque need not stay so. */
  readonly takesAway: boolean;
};

/** Bytes after the trailer that are no loss: some writers put zeros there. */
const mostBehind = 1024;

/**
 * Follows the blocks of the GIF in `file`, of `size` bytes, without reading its pictures.
 *
 * Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export async function gifBlocks(file: FileHandle, size: number): Promise<GifBlocks> {
  const bytes = new Bytes(file);
  let takesAway = false;
  let signature = '';
  for (let i = 0; i < 6; i++) signature += String.fromCharCode(await bytes.byte());
  if (!/^GIF8[79]a$/.test(signature)) return { isWhole: false, takesAway };
  bytes.passOver(sizes.screen);
  const colours = tableBytes(await bytes.byte());
  bytes.passOver(sizes.background + colours);
  for (;;) {
    const kind = await bytes.byte();
    if (kind === trailer) return { isWhole: size - bytes.position <= mostBehind, takesAway };
    if (kind === extension) {
      if ((await bytes.byte()) === graphicControl) {
        bytes.passOver(sizes.controlSize);
        const disposal = ((await bytes.byte()) >> 2) & 7;
        takesAway ||= disposal >= leastTakenAway;
        bytes.passOver(sizes.control);
      }
    } else if (kind === image) {
      bytes.passOver(sizes.image);
      const own = tableBytes(await bytes.byte());
      bytes.passOver(own + sizes.smallestCode);
    } else {
      return { isWhole: false, takesAway };
    }
    await bytes.passOverBlocks();
  }
}

/**
 * Whether a picture once opaque stays so in the GIF at `path`: no frame is taken away before the
 * next. Later frames then only paint over it, and their transparent pixels leave what was there.
 * `false` for what is no whole GIF.
 */
export async function keepsOpaque(path: string): Promise<boolean> {
  await using file = await open(path);
  const { isWhole, takesAway } = await gifBlocks(file, (await file.stat()).size);
  return isWhole && !takesAway;
}
