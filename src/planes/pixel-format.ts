/**
 * Bits per stored sample. Above 8, samples are 16-bit little endian with the value in the low bits.
 */
export type BitDepth = 8 | 10 | 12;

/** A planar Y'CbCr or grey format in which frames travel. */
export type PixelFormat = {
  /** ffmpeg's `pix_fmt`. */
  readonly name: string;
  readonly bitDepth: BitDepth;
  /** Powers of two by which chroma is subsampled across and down; `null` for grey. */
  readonly chroma: { readonly log2X: 0 | 1; readonly log2Y: 0 | 1 } | null;
  /** A fourth plane of luma's size holds opacity. */
  readonly alpha: boolean;
};

const subsamplings = {
  yuv420p: { log2X: 1, log2Y: 1 },
  yuv422p: { log2X: 1, log2Y: 0 },
  yuv444p: { log2X: 0, log2Y: 0 },
  yuv440p: { log2X: 0, log2Y: 1 },
} as const;

function allFormats(): ReadonlyMap<string, PixelFormat> {
  const formats: PixelFormat[] = [];
  for (const bitDepth of [8, 10, 12] as const) {
    const suffix = bitDepth === 8 ? '' : `${bitDepth}le`;
    formats.push({ name: `gray${suffix}`, bitDepth, chroma: null, alpha: false });
    for (const [base, chroma] of Object.entries(subsamplings)) {
      formats.push({ name: base + suffix, bitDepth, chroma, alpha: false });
    }
    for (const base of ['yuv420p', 'yuv422p', 'yuv444p'] as const) {
      const name = base.replace('yuv', 'yuva') + suffix;
      formats.push({ name, bitDepth, chroma: subsamplings[base], alpha: true });
    }
  }
  return new Map(formats.map((format) => [format.name, format]));
}

/**
 * Every format in which frames can travel, by ffmpeg's name. The full-range `yuvj*` names are not
 * among them, because range is a property of the clip.
 */
export const pixelFormats = allFormats();

/** One plane's place within a frame's bytes. */
export type PlaneLayout = {
  /** Bytes from the frame's start. */
  readonly offset: number;
  /** Samples per row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
};

/**
 * How one frame of a stream lies in memory: the planes Y, Cb, Cr and alpha, as far as the format
 * has them, one after the other without padding.
 */
export type FrameLayout = {
  readonly format: PixelFormat;
  /** Luma samples per row. */
  readonly width: number;
  /** Rows of luma. */
  readonly height: number;
  /** Bytes per sample: 1 at 8 bit, otherwise 2. */
  readonly sampleBytes: 1 | 2;
  readonly planes: readonly PlaneLayout[];
  /** Bytes of a whole frame. */
  readonly byteLength: number;
};

/**
 * The layout of `width` x `height` pictures in `format`; odd sizes round chroma up, as ffmpeg does.
 */
export function frameLayout(format: PixelFormat, width: number, height: number): FrameLayout {
  const sampleBytes = format.bitDepth === 8 ? 1 : 2;
  const sizes: [number, number][] = [[width, height]];
  if (format.chroma !== null) {
    const chromaWidth = (width + format.chroma.log2X) >> format.chroma.log2X;
    const chromaHeight = (height + format.chroma.log2Y) >> format.chroma.log2Y;
    sizes.push([chromaWidth, chromaHeight], [chromaWidth, chromaHeight]);
  }
  if (format.alpha) sizes.push([width, height]);
  const planes: PlaneLayout[] = [];
  let offset = 0;
  for (const [planeWidth, planeHeight] of sizes) {
    planes.push({ offset, width: planeWidth, height: planeHeight });
    offset += planeWidth * planeHeight * sampleBytes;
  }
  return { format, width, height, sampleBytes, planes, byteLength: offset };
}
