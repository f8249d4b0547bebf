/**
 * An RGB picture: three values per pixel, rows top to bottom, R'G'B' 0..1 as coded (gamma or PQ
 * applied).
 */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
};

export function newPicture(width: number, height: number): Picture {
  return { width, height, rgb: new Float32Array(width * height * 3) };
}

/** Kr and Kb of the Y'CbCr matrices (ITU-R BT.709 and BT.2020). */
const matrices = { bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/**
 * `picture` as studio-range Y'CbCr 4:2:0, planes one after the other; above 8 bit as 16-bit little
 * endian. Chroma samples lie at the left of their two luma columns and midway between the two rows
 * (`left` siting, the default of MPEG-2 and H.264).
 */
export function toYuv420(
  picture: Picture,
  matrix: keyof typeof matrices = 'bt709',
  bitDepth: 8 | 10 = 8,
): Uint8Array {
  const { width, height, rgb } = picture;
  const [kr, kb] = matrices[matrix];
  const unit = 2 ** (bitDepth - 8);
  const chromaWidth = (width + 1) >> 1;
  const chromaHeight = (height + 1) >> 1;
  const samples = new Uint16Array(width * height + 2 * chromaWidth * chromaHeight);
  const blueness = new Float32Array(width * height);
  const redness = new Float32Array(width * height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = [rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!];
    const y = kr * r + (1 - kr - kb) * g + kb * b;
    samples[i] = Math.round((16 + 219 * y) * unit);
    blueness[i] = (b - y) / (2 * (1 - kb));
    redness[i] = (r - y) / (2 * (1 - kr));
  }
  [blueness, redness].forEach((from, number) => {
    const start = width * height + number * chromaWidth * chromaHeight;
    const at = (x: number, y: number) =>
      from[Math.min(y, height - 1) * width + Math.min(Math.max(x, 0), width - 1)]!;
    for (let y = 0; y < chromaHeight; y++) {
      for (let x = 0; x < chromaWidth; x++) {
        const row = (j: number) => at(2 * x - 1, j) + 2 * at(2 * x, j) + at(2 * x + 1, j);
        const mean = (row(2 * y) + row(2 * y + 1)) / 8;
        samples[start + y * chromaWidth + x] = Math.round((128 + 224 * mean) * unit);
      }
    }
  });
  return bitDepth === 8 ? Uint8Array.from(samples) : new Uint8Array(samples.buffer);
}
