import type { Framing } from './framing.js';

/** A file to train on, at one size. */
export type PictureItem = Framing & {
  readonly file: string;
  /** Share of the picture's size that it is reduced to first. */
  readonly reduce: number;
  /** Set for a synthetic picture (see `chart`), made anew each time; `file` is only its name. */
  readonly isChart?: true;
};
