import { VsrError } from '../../errors.js';

/** The samples of a picture, row by row, with interleaved channels. */
export type RawImage = {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
};

/** Whether bytes begin like a BMP file. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Decodes an uncompressed BMP of 8 (palette), 24 or 32 bits. sharp cannot read BMP, and some
 * benchmark sets use it. A grey palette gives one channel. `name` is for messages. Throws VsrError
 * `media` for other kinds of BMP and for files that are cut off.
 *
 * Source: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */
export function decodeBmp(bytes: Uint8Array, name: string): RawImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) throw new VsrError('media', `${name} is cut off within its BMP header.`);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (![8, 24, 32].includes(bits) || (compression !== 0 && compression !== 3) || width <= 0) {
    throw new VsrError(
      'media',
      `Expected an uncompressed BMP of 8, 24 or 32 bits but ${name} has ${bits} bits and compression ${compression}. Save it as PNG.`,
    );
  }
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (start + rowBytes * height > bytes.length) {
    throw new VsrError(
      'media',
      `${name} is cut off: ${width}x${height} BMP, ${bytes.length} bytes.`,
    );
  }
  const rowOf = (y: number) => start + (signedHeight > 0 ? height - 1 - y : y) * rowBytes;
  const palette = bytes.subarray(14 + headerSize, start);
  const channels = bits === 8 && isGrey(palette) ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, row = rowOf(y); x < width; x++, to += channels) {
      const [source, from] =
        bits === 8 ? [palette, 4 * bytes[row + x]!] : [bytes, row + (x * bits) / 8];
      // BMP stores blue, green, red.
      for (let c = 0; c < channels; c++) data[to + c] = source[from + (channels - 1 - c)]!;
    }
  }
  return { data, width, height, channels };
}

function isGrey(palette: Uint8Array): boolean {
  for (let i = 0; i + 3 < palette.length; i += 4) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  }
  return true;
}
