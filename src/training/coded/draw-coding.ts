import type { CoderName, Coding } from '../../media/frames/code-and-decode.js';
import type { FieldFrames } from '../../media/source/source.js';
import type { Random } from '../base/random.js';

/** How a picture is compressed: as frames of a clip, or as one JPEG of a quality of 1 to 100. */
export type DrawnCoding = Coding | { readonly coder: 'jpeg'; readonly quality: number };

/** Draws how a picture is compressed. */
export type DrawCoding = (random: Random) => DrawnCoding;

/** Lowest and highest x264 CRF. */
type CrfRange = readonly [number, number];

function between([lowest, highest]: CrfRange, random: Random): number {
  return lowest + Math.floor(random() * (highest - lowest + 1));
}

/** x264 at a CRF out of a range. */
export function x264Coding(crf: CrfRange): DrawCoding {
  return (random) => ({ coder: 'x264', quality: between(crf, random) });
}

/** How often each coder is drawn. */
const shares: readonly (readonly [CoderName | 'jpeg', number])[] = [
  ['x264', 0.5],
  ['x265', 0.08],
  ['mpeg4', 0.08],
  ['mpeg2', 0.12],
  ['mjpeg', 0.07],
  ['dv', 0.03],
  ['jpeg', 0.12],
];

/** How often MPEG-2 clips are coded as interlaced ones, and deinterlaced again. */
const interlacedShare = 0.25;

/** The mean of the lowest frequencies' entries in JPEG's standard quantisation table for luma. */
const jpegMean = 12.9;

/** Any coder, as coarse as x264 at a CRF out of a range. */
export function anyCoding(crf: CrfRange): DrawCoding {
  return (random) => {
    let left = random();
    const [coder] = shares.find(([, share]) => (left -= share) < 0) ?? shares[0]!;
    const c = between(crf, random);
    const interlaced = coder === 'mpeg2' && random() < interlacedShare;
    const fields = { order: 'top', rate: 'frame' } as const;
    return { coder, quality: qualityOf(coder, c, stepOf(c)), ...(interlaced ? { fields } : {}) };
  };
}

/** How a clip of fields is made, and deinterlaced again. */
export type DrawnFields = FieldFrames & {
  /** Whether its pictures were blurred vertically first, as most cameras do. */
  readonly lowPass: boolean;
  /** How it is coded; `null` where it is not. */
  readonly coding: Coding | null;
};

/** Draws how a clip of fields is made. */
export type DrawFields = (random: Random) => DrawnFields;

/** How often clips of fields are blurred vertically first, and how often they are coded. */
const [lowPassShare, codedShare] = [0.3, 0.5] as const;

/** Fields in either order, deinterlaced at either rate, coded as MPEG-2 or not at all. */
export function anyFields(crf: CrfRange): DrawFields {
  return (random) => {
    const order = random() < 0.5 ? 'top' : 'bottom';
    const rate = random() < 0.5 ? 'frame' : 'field';
    const lowPass = random() < lowPassShare;
    if (random() >= codedShare) return { order, rate, lowPass, coding: null };
    const c = between(crf, random);
    const coding = { coder: 'mpeg2', quality: qualityOf('mpeg2', c, stepOf(c)) } as const;
    return { order, rate, lowPass, coding };
  };
}

/** x264's mean quantiser step at a CRF, in grey levels. */
function stepOf(crf: number): number {
  // x264's frames have a QP of about CRF + 2, and H.264's step is 2^((QP - 4) / 6).
  return 2 ** ((crf - 2) / 6);
}

/** The quality of a coder whose mean quantiser step is about as given. */
function qualityOf(coder: CoderName | 'jpeg', crf: number, step: number): number {
  switch (coder) {
    case 'x264':
      return crf;
    case 'x265':
      return crf + 4;
    case 'jpeg': {
      const percent = (100 * step) / jpegMean;
      return Math.round(percent < 100 ? (200 - percent) / 2 : 5000 / percent);
    }
    case 'mjpeg':
    case 'mpeg4':
    case 'mpeg2':
    case 'dv':
      return Math.min(31, Math.max(2, Math.round(step / 2)));
  }
}
