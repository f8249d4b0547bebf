import { open, type FileHandle } from 'node:fs/promises';

/**
 * From this disposal method on a frame is removed before the next: it is replaced by the
 * background, or by what was there before it (GIF89a, section 23).
 */
const firstRemoving = 2;

/** Reads the bytes of a file in order, in pieces. */
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

  /** Number of bytes that were read or skipped. */
  get position(): number {
    return this.#next - this.#held + this.#at;
  }

  /** Skips a number of bytes; those that are not in memory yet are never read. */
  skip(count: number): void {
    const left = this.#held - this.#at;
    if (count <= left) this.#at += count;
    else {
      this.#next += count - left;
      this.#at = this.#held = 0;
    }
  }

  /** Skips data sub-blocks: each begins with its size, and one of size 0 ends them. */
  async skipBlocks(): Promise<void> {
    for (let size = await this.byte(); size > 0; size = await this.byte()) this.skip(size);
  }
}

/** Lengths of fields that are skipped. */
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
} as const;

/** The smallest code length of an image's compression, in bits; with another, none can be read. */
const [leastCode, mostCode] = [1, 11];

/** The bytes that blocks begin with. */
const [extension, image, trailer, graphicControl] = [0x21, 0x2c, 0x3b, 0xf9];

/** Length of the colour table that a packed field announces; 0 for none. */
function tableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 << ((packed & 7) + 1);
}

/** What the blocks of a GIF show. */
export type GifBlocks = {
  /**
   * Whether they follow one another up to the trailer, with next to nothing after it, and every
   * image can be read.
   */
  readonly isWhole: boolean;
  /** Whether a frame is removed before the next, so that opaque places may become transparent. */
  readonly removesFrames: boolean;
};

/** So many bytes may follow the trailer: some writers put zeros there. */
const mostBehind = 1024;

/**
 * Follows the blocks of a GIF, of `size` bytes, without reading its pictures.
 *
 * Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export async function gifBlocks(file: FileHandle, size: number): Promise<GifBlocks> {
  const bytes = new Bytes(file);
  let removesFrames = false;
  let signature = '';
  for (let i = 0; i < 6; i++) signature += String.fromCharCode(await bytes.byte());
  if (!/^GIF8[79]a$/.test(signature)) return { isWhole: false, removesFrames };
  bytes.skip(sizes.screen);
  const colours = tableBytes(await bytes.byte());
  bytes.skip(sizes.background + colours);
  for (;;) {
    const kind = await bytes.byte();
    if (kind === trailer) return { isWhole: size - bytes.position <= mostBehind, removesFrames };
    if (kind === extension) {
      if ((await bytes.byte()) === graphicControl) {
        bytes.skip(sizes.controlSize);
        const disposal = ((await bytes.byte()) >> 2) & 7;
        removesFrames ||= disposal >= firstRemoving;
        bytes.skip(sizes.control);
      }
    } else if (kind === image) {
      bytes.skip(sizes.image);
      bytes.skip(tableBytes(await bytes.byte()));
      const code = await bytes.byte();
      if (!(code >= leastCode && code <= mostCode)) return { isWhole: false, removesFrames };
    } else {
      return { isWhole: false, removesFrames };
    }
    await bytes.skipBlocks();
  }
}

/**
 * Whether opaque places stay opaque in the GIF at `path`, because no frame is removed before the
 * next. Later frames then only paint over the first, and their transparent pixels change nothing.
 * `false` for a file that is no whole GIF.
 */
export async function keepsOpaque(path: string): Promise<boolean> {
  await using file = await open(path);
  const { isWhole, removesFrames } = await gifBlocks(file, (await file.stat()).size);
  return isWhole && !removesFrames;
}
