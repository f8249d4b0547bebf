import type { Borders } from './scan.js';

/** Samples up to this value count as black: on tapes black is raised from 16 to about 30. */
export const brightestBlack = 44;

/** Narrower borders, in samples, do not count. */
const leastBorder = 4;

/** At least this share of the width and of the height must be picture. */
const leastPicture = 0.4;

/**
 * The share of a border line's samples that may be bright: because of noise, and in columns also
 * because of the lines at the bottom of a tape's picture where the heads switch.
 */
const brightInRow = 1 / 64;
const brightInColumn = 1 / 24;

/** Finds the black borders that all frames of a clip share. */
export class BorderFinder {
  readonly #width: number;
  readonly #height: number;
  /** The largest value that each sample has had. */
  readonly #brightest: Uint8Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#brightest = new Uint8Array(width * height);
  }

  /** Adds a frame's luma, 8 bit. */
  add(luma: Uint8Array): void {
    const all = this.#brightest;
    for (let i = 0; i < all.length; i++) if (luma[i]! > all[i]!) all[i] = luma[i]!;
  }

  /**
   * The borders that all frames share, in samples; `null` where there are none, and where the whole
   * picture is dark. A border must end at a line that is bright for half of its length: otherwise
   * it may be a dark part of the picture, such as the sky at night.
   */
  borders(): Borders | null {
    const [width, height] = [this.#width, this.#height];
    const row = (at: number): number => this.#brightShare(at * width, 1, width);
    const top = borderOf(height, brightInRow, row);
    const bottom = borderOf(height, brightInRow, (at) => row(height - 1 - at));
    const column = (at: number): number =>
      this.#brightShare(top * width + at, width, height - top - bottom);
    const left = borderOf(width, brightInColumn, column);
    const right = borderOf(width, brightInColumn, (at) => column(width - 1 - at));
    const tooLittle =
      height - top - bottom < leastPicture * height || width - left - right < leastPicture * width;
    if (tooLittle || top + bottom + left + right === 0) return null;
    return { left, right, top, bottom };
  }

  /** The share of bright samples among `count` samples, of which each is `step` after the last. */
  #brightShare(start: number, step: number, count: number): number {
    let bright = 0;
    for (let i = 0, at = start; i < count; i++, at += step) {
      if (this.#brightest[at]! > brightestBlack) bright++;
    }
    return bright / Math.max(1, count);
  }
}

/**
 * The number of border lines on one side. `brightShare` gives the share of bright samples of the
 * lines, counted from that side; those of a border have less than `most`.
 */
function borderOf(lines: number, most: number, brightShare: (at: number) => number): number {
  let count = 0;
  while (count < lines && brightShare(count) < most) count++;
  if (count < leastBorder || count >= lines) return 0;
  const inside = Math.min(lines - 1, count + 2);
  return Math.max(brightShare(count), brightShare(inside)) > 0.5 ? count : 0;
}
