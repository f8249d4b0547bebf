import type { Framing } from './framing.js';

/** A file to train on, at one size. */
export type PictureItem = Framing & {
  readonly file: string;
  /** Share of the picture's size that it is reduced to first. */
  readonly reduce: number;
  /** There is no such file: the picture is made up (see `chart`), anew each time. */
  readonly isChart?: true;
};
