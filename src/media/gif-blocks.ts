import { open, type FileHandle } from 'node:fs/promises';

/** The least disposal method that takes a frame away again: to the background, or to what was before (GIF89a, section 23). */
const takenAway = 2;

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

  skip(count: number): void {
    const left = this.#held - this.#at;
    if (count <= left) this.#at += count;
    else {
      this.#next += count - left;
      this.#at = this.#held = 0;
    }
  }

  /** Passes over data sub-blocks, up to their end. */
  async skipBlocks(): Promise<void> {
    for (let size = await this.byte(); size > 0; size = await this.byte()) this.skip(size);
  }
}

/** Bytes of a colour table that a packed field announces in its lowest bits. */
function tableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 << ((packed & 7) + 1);
}

/**
 * Whether a picture once opaque stays so in the GIF at `path`: no frame is taken away before the next. Later
 * frames then only paint over it, and their transparent pixels leave what was there. `false` for what is no
 * whole GIF.
 *
 * Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export async function keepsOpaque(path: string): Promise<boolean> {
  await using file = await open(path);
  const bytes = new Bytes(file);
  let signature = '';
  for (let i = 0; i < 6; i++) signature += String.fromCharCode(await bytes.byte());
  if (!/^GIF8[79]a$/.test(signature)) return false;
  bytes.skip(4);
  const packed = await bytes.byte();
  bytes.skip(2 + tableBytes(packed));
  for (;;) {
    const kind = await bytes.byte();
    if (kind === 0x3b) return true;
    if (kind === 0x21) {
      const isControl = (await bytes.byte()) === 0xf9;
      if (isControl) {
        bytes.skip(1);
        if ((((await bytes.byte()) >> 2) & 7) >= takenAway) return false;
        bytes.skip(3);
      }
      await bytes.skipBlocks();
    } else if (kind === 0x2c) {
      bytes.skip(8);
      bytes.skip(tableBytes(await bytes.byte()) + 1);
      await bytes.skipBlocks();
    } else {
      return false;
    }
  }
}
