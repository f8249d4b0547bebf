import type { ChromaSiting } from '../../planes/siting.js';
import type { Colour } from '../source/source.js';

/**
 * The code points of ITU-T H.273, by the names that ffprobe prints. Options are given the numbers,
 * because not every ffmpeg takes all of ffprobe's names (`bt470m`, `iec61966-2-4`) in options.
 */
const matrices: Readonly<Record<string, number>> = {
  bt709: 1,
  fcc: 4,
  bt470bg: 5,
  smpte170m: 6,
  smpte240m: 7,
  ycgco: 8,
  ycocg: 8,
  bt2020nc: 9,
  bt2020_ncl: 9,
  bt2020c: 10,
  bt2020_cl: 10,
  smpte2085: 11,
  'chroma-derived-nc': 12,
  'chroma-derived-c': 13,
  ictcp: 14,
};

const primaries: Readonly<Record<string, number>> = {
  bt709: 1,
  bt470m: 4,
  bt470bg: 5,
  smpte170m: 6,
  smpte240m: 7,
  film: 8,
  bt2020: 9,
  smpte428: 10,
  smpte428_1: 10,
  smpte431: 11,
  smpte432: 12,
  'jedec-p22': 22,
  ebu3213: 22,
};

const transfers: Readonly<Record<string, number>> = {
  bt709: 1,
  bt470m: 4,
  gamma22: 4,
  bt470bg: 5,
  gamma28: 5,
  smpte170m: 6,
  smpte240m: 7,
  linear: 8,
  log100: 9,
  log316: 10,
  'iec61966-2-4': 11,
  bt1361e: 12,
  'iec61966-2-1': 13,
  'bt2020-10': 14,
  'bt2020-12': 15,
  smpte2084: 16,
  smpte428: 17,
  'arib-std-b67': 18,
};

/**
 * `chroma_sample_loc_type` of H.264's and H.265's VUI (annex E); ffmpeg's own numbers are one more.
 */
const sitings: Readonly<Record<ChromaSiting, number>> = {
  left: 0,
  center: 1,
  topleft: 2,
  top: 3,
  bottomleft: 4,
  bottom: 5,
};

/**
 * The code points of a clip's colour in H.273 and the VUI. `null` for what the clip does not state,
 * and for a matrix that is not one of YCbCr.
 */
export type ColourNumbers = {
  readonly fullRange: boolean | null;
  readonly matrix: number | null;
  readonly primaries: number | null;
  readonly transfer: number | null;
  readonly siting: number | null;
};

/** The code points of `colour`. */
export function colourNumbers(colour: Colour): ColourNumbers {
  const look = (table: Readonly<Record<string, number>>, name: string | null): number | null =>
    name === null ? null : (table[name] ?? null);
  return {
    fullRange: colour.range === null ? null : colour.range === 'pc',
    matrix: look(matrices, colour.matrix),
    primaries: look(primaries, colour.primaries),
    transfer: look(transfers, colour.transfer),
    siting: look(sitings, colour.siting),
  };
}

/**
 * ffmpeg's options that tag a stream with `colour`. Before an input they tag its frames; before an
 * output, its encoder or, for a copied stream, its track. What the clip does not state is not
 * guessed, but left out.
 */
export function colourFlags(colour: Colour): string[] {
  const numbers = colourNumbers(colour);
  const flag = (name: string, value: number | null): string[] =>
    value === null ? [] : [name, String(value)];
  return [
    ...(colour.range === null ? [] : ['-color_range', colour.range === 'pc' ? '2' : '1']),
    ...flag('-colorspace', numbers.matrix),
    ...flag('-color_primaries', numbers.primaries),
    ...flag('-color_trc', numbers.transfer),
    ...flag('-chroma_sample_location', numbers.siting === null ? null : numbers.siting + 1),
  ];
}

/**
 * The option with which ffmpeg before 4.3 writes the colour box of MP4. It is given only where all
 * three values are known, because ffmpeg would guess unknown ones from the picture's size.
 */
export function colourBox(colour: Colour): string[] {
  const { matrix, primaries: p, transfer } = colourNumbers(colour);
  return matrix === null || p === null || transfer === null ? [] : ['-movflags', '+write_colr'];
}
