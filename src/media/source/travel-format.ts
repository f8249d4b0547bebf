import { pixelFormats, type PixelFormat } from '../../planes/pixel-format.js';

/**
 * How samples are converted from the decoder's format to the format in which they travel.
 *
 * - `none`: not at all, or they are only rearranged into planes.
 * - `rgb`: RGB, palettes, and grey with alpha become studio-range BT.709 Y'CbCr 4:4:4.
 * - `depth`: bits beyond 12 (with alpha, 10) are rounded away.
 * - `chroma`: 4:1:1 and 4:1:0 are interpolated to the next finer subsampling.
 */
export type Conversion = 'none' | 'rgb' | 'depth' | 'chroma';

/** How frames of a source format travel from the decoder to the encoder. */
export type Travel = {
  /** The format in which they travel. */
  readonly format: PixelFormat;
  /**
   * The pix_fmt that ffmpeg is asked for: the name of `format`, or that of a full-range format with
   * the same bytes (`yuvj420p`), so that ffmpeg does not convert the range.
   */
  readonly request: string;
  readonly conversion: Conversion;
};

/** Packed, semi-planar and rare formats, and the planar formats with the same samples. */
const repacked: Readonly<Record<string, string>> = {
  ...{ nv12: 'yuv420p', nv21: 'yuv420p', nv16: 'yuv422p', nv24: 'yuv444p', nv42: 'yuv444p' },
  ...{ yuyv422: 'yuv422p', uyvy422: 'yuv422p', yvyu422: 'yuv422p', nv20: 'yuv422p10' },
  ...{ p010: 'yuv420p10', p012: 'yuv420p12', p210: 'yuv422p10', p212: 'yuv422p12' },
  ...{ p410: 'yuv444p10', p412: 'yuv444p12', y210: 'yuv422p10', y212: 'yuv422p12' },
  ...{ vuyx: 'yuv444p', vuya: 'yuva444p', ayuv: 'yuva444p', uyva: 'yuva444p', vyu444: 'yuv444p' },
  ...{ xv30: 'yuv444p10', v30x: 'yuv444p10', xv36: 'yuv444p12' },
  ...{ p016: 'yuv420p16', p216: 'yuv422p16', p416: 'yuv444p16', xv48: 'yuv444p16' },
  ...{ ayuv64: 'yuva444p16', y216: 'yuv422p16' },
};

/** 4:1:1 and 4:1:0, which do not travel, and the next finer formats. */
const refined: Readonly<Record<string, string>> = {
  ...{ yuv411p: 'yuv422p', uyyvyy411: 'yuv422p', yuv410p: 'yuv420p' },
};

/** Bits per sample of an RGB-like format, by its name; 8 also for those with fewer. */
export function rgbDepth(name: string): number {
  if (/^(?:rgb48|bgr48|rgba64|bgra64|ya16|xyz12|bayer_\w+16|.*f(?:16|32))/.test(name)) return 16;
  const planar = /^gbra?p(\d+)/.exec(name)?.[1] ?? /^x2(?:rgb|bgr)(10)/.exec(name)?.[1];
  return planar === undefined ? 8 : Number(planar);
}

function hasAlpha(name: string): boolean {
  return /^(?:rgba|bgra|argb|abgr|gbrap|ya\d|pal8|rgbaf)/.test(name);
}

function named(name: string): PixelFormat {
  const format = pixelFormats.get(name);
  if (format === undefined) throw new RangeError(`${name} cannot travel`);
  return format;
}

/**
 * The format in which samples of `depth` bits travel. Formats with alpha have at most 10 bits,
 * because old builds of ffmpeg have no deeper ones. `lost` tells whether bits are lost.
 */
function planar(base: string, depth: number): { format: PixelFormat; lost: boolean } {
  if (depth <= 8) return { format: named(base), lost: false };
  if (depth <= 10) return { format: named(`${base}10le`), lost: false };
  if (depth <= 12) return { format: named(`${base}12le`), lost: false };
  return { format: named(base.startsWith('yuva') ? `${base}10le` : `${base}12le`), lost: true };
}

/** The deepest format in which RGB travels, with alpha or without. */
export function deepestRgb(alpha: boolean): PixelFormat {
  return named(alpha ? 'yuva444p10le' : 'yuv444p12le');
}

/**
 * How frames of the pix_fmt `sourceFormat` travel; `null` for a format that vsr cannot read.
 */
export function travelFormat(sourceFormat: string): Travel | null {
  const full = /^yuvj(420p|422p|444p|440p)$/.exec(sourceFormat);
  if (full !== null) {
    return { format: named(`yuv${full[1]!}`), request: sourceFormat, conversion: 'none' };
  }
  if (sourceFormat === 'yuvj411p') {
    return { format: named('yuv422p'), request: 'yuvj422p', conversion: 'chroma' };
  }
  const name = sourceFormat.replace(/(?:le|be)$/, '');
  const coarse = refined[name];
  if (coarse !== undefined) {
    return { format: named(coarse), request: coarse, conversion: 'chroma' };
  }
  const match = /^(yuva?4(?:20|22|44|40)p|gray)(\d*)$/.exec(repacked[name] ?? name);
  if (match !== null) {
    const { format, lost } = planar(match[1]!, Number(match[2] || 8));
    return { format, request: format.name, conversion: lost ? 'depth' : 'none' };
  }
  if (name === 'grayf32') {
    return { format: named('gray12le'), request: 'gray12le', conversion: 'depth' };
  }
  if (name === 'monow' || name === 'monob') {
    return { format: named('gray'), request: 'gray', conversion: 'none' };
  }
  if (/^(?:ya\d|pal8|0?rgb|0?bgr|argb|abgr|gbr|x2rgb|x2bgr|xyz|bayer)/.test(name)) {
    const { format } = planar(hasAlpha(name) ? 'yuva444p' : 'yuv444p', rgbDepth(name));
    return { format, request: format.name, conversion: 'rgb' };
  }
  return null;
}
