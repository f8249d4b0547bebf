import { meanAbsoluteError } from '../../metrics/absolute-error.js';
import { meanSquaredError, psnrOfMse } from '../../metrics/psnr.js';
import { ssim } from '../../metrics/ssim.js';
import type { Plane } from '../../planes/plane.js';
import type { ResizeKernel } from '../../planes/resize.js';
import type { NetworkFacts } from './measured-models.js';
import { cutWithin } from '../meters/cut-within.js';

/** The baselines that models are measured beside, with the kernel of each. */
export const baselines: Readonly<Record<string, ResizeKernel>> = {
  nearest: 'nearest',
  bilinear: 'bilinear',
  bicubic: 'bicubic',
  lanczos: 'lanczos3',
};

/** Figures of one way of enlarging, on one file or as a mean. */
export type Figures = {
  /**
   * Decibels of R, G and B together: of the mean squared error over the three channels, 8 bits.
   * `null` unless the protocol is `rgb`.
   */
  readonly psnrRgb: number | null;
  /** Decibels; for a clip the mean of its frames' that differ, `Infinity` if none does. */
  readonly psnrY: number;
  /** Decibels; `null` for pictures measured by luma alone. */
  readonly psnrU: number | null;
  readonly psnrV: number | null;
  /**
   * -1 to 1; `null` for pictures smaller than the window. This and the next two are of Y, by the
   * protocol `rgb` of all three channels.
   */
  readonly ssim: number | null;
  /** Mean absolute error, in sample values. */
  readonly mae: number;
  /** Root of the mean squared error, in sample values. */
  readonly rmse: number;
  /** 0 to 100; `null` where this ffmpeg cannot measure it, and for pictures. */
  readonly vmaf: number | null;
  /**
   * By how many grey levels of 255 still areas of Y change more from frame to frame than in the
   * truth; `null` for pictures, and where nothing stands still.
   */
  readonly flicker: number | null;
  /**
   * How far the features of SqueezeNet's fire outputs are apart, 0 or more, lower is closer;
   * `null` unless asked for, and for pictures smaller than 32 samples each way.
   */
  readonly features: number | null;
  /**
   * Share of the pictures that the classifier puts into the same likeliest class as the true
   * picture, 0 to 1; `null` without a classifier, and for clips.
   */
  readonly sameClass: number | null;
};

/** The names of the figures, in the order of the table. */
export const figureNames = [
  'psnrRgb',
  'psnrY',
  'psnrU',
  'psnrV',
  'ssim',
  'mae',
  'rmse',
  'vmaf',
  'flicker',
  'features',
  'sameClass',
] as const;

/** One file: each way of enlarging it, the models first. */
export type FileEvaluation = {
  readonly file: string;
  /** 1 for a picture. */
  readonly frames: number;
  readonly figures: Readonly<Record<string, Figures>>;
  /** The frame with the lowest PSNR of each way: of Y, by the protocol `rgb` of all channels. */
  readonly worst: Readonly<Record<string, WorstFrame>>;
  /** The networks behind the figures, by the same names. */
  readonly networks: Readonly<Record<string, NetworkFacts>>;
};

/**
 * Every way of enlarging that any file was measured by, the models first. Files differ, since only
 * compressed ones are measured by the network for compressed sources.
 */
export function waysOf(files: readonly FileEvaluation[]): string[] {
  const all = new Set(files.flatMap(({ figures }) => Object.keys(figures)));
  const classical = Object.keys(baselines);
  return [
    ...[...all].filter((way) => !classical.includes(way)),
    ...classical.filter((way) => all.has(way)),
  ];
}

/** A frame's number, from 0, and its PSNR in decibels. */
export type WorstFrame = { readonly frame: number; readonly psnr: number };

/** The errors of one plane of a picture or frame, or of several together. */
export type LumaErrors = {
  readonly mse: number;
  readonly mae: number;
  readonly ssim: number | null;
};

/**
 * Compares Y; `border` samples are cut on every side, less where the picture is too small for it.
 */
export function lumaErrors(
  reference: Plane,
  actual: Plane,
  bitDepth: number,
  border: number,
): LumaErrors {
  const smallest = Math.min(reference.width, reference.height);
  const cut = cutWithin(reference, border);
  return {
    mse: meanSquaredError(reference, actual, cut),
    mae: meanAbsoluteError(reference, actual, cut),
    ssim: smallest - 2 * cut < 11 ? null : ssim(reference, actual, bitDepth, cut),
  };
}

/** The errors of several planes of one size together. */
export function joinedErrors(all: readonly LumaErrors[]): LumaErrors {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const ssims = all.flatMap(({ ssim }) => ssim ?? []);
  return {
    mse: mean(all.map(({ mse }) => mse)),
    mae: mean(all.map(({ mae }) => mae)),
    ssim: ssims.length < all.length ? null : mean(ssims),
  };
}

/** The mean of those that are numbers; `Infinity` only if all are; `null` if there are none. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const finite = known.filter((value) => value !== Infinity);
  if (finite.length === 0) return Infinity;
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** The mean over files, each weighing the same. */
export function meanFigures(all: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => mean(all.map((figures) => figures[name]));
  return {
    psnrRgb: of('psnrRgb'),
    psnrY: of('psnrY') ?? NaN,
    psnrU: of('psnrU'),
    psnrV: of('psnrV'),
    ssim: of('ssim'),
    mae: of('mae') ?? NaN,
    rmse: of('rmse') ?? NaN,
    vmaf: of('vmaf'),
    flicker: of('flicker'),
    features: of('features'),
    sameClass: of('sameClass'),
  };
}

/** Adds up the frames of a clip. */
export class FigureSums {
  readonly #bitDepth: number;
  readonly #y: (number | null)[] = [];
  readonly #u: (number | null)[] = [];
  readonly #v: (number | null)[] = [];
  #mse = 0;
  #mae = 0;
  #ssim = 0;
  #ssims = 0;

  constructor(bitDepth: number) {
    this.#bitDepth = bitDepth;
  }

  /** A frame's errors; `u` and `v` are mean squared errors, `null` for grey. */
  add(luma: LumaErrors, u: number | null, v: number | null): void {
    const decibels = (mse: number | null) => (mse === null ? null : psnrOfMse(mse, this.#bitDepth));
    this.#y.push(decibels(luma.mse));
    this.#u.push(decibels(u));
    this.#v.push(decibels(v));
    this.#mse += luma.mse;
    this.#mae += luma.mae;
    if (luma.ssim === null) return;
    this.#ssim += luma.ssim;
    this.#ssims++;
  }

  get frames(): number {
    return this.#y.length;
  }

  worst(): WorstFrame {
    const figures = this.#y.map((value) => value ?? Infinity);
    const psnr = figures.reduce((low, value) => Math.min(low, value), Infinity);
    return { frame: figures.indexOf(psnr), psnr };
  }

  result(): Figures {
    return {
      psnrRgb: null,
      psnrY: mean(this.#y) ?? NaN,
      psnrU: mean(this.#u),
      psnrV: mean(this.#v),
      ssim: this.#ssims === 0 ? null : this.#ssim / this.#ssims,
      mae: this.#mae / this.frames,
      rmse: Math.sqrt(this.#mse / this.frames),
      vmaf: null,
      flicker: null,
      features: null,
      sameClass: null,
    };
  }
}
