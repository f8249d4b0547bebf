import type { Borders } from './scan.js';

/** Samples at most so bright count as black: tapes lift it from 16 to about 30. */
const blackest = 44;

/** Borders narrower than this are not worth a word. */
const leastBorder = 4;

/** The picture keeps at least this share of each side. */
const leastPicture = 0.4;

/**
 * The share of a black line's samples that may be bright: noise, and in columns also the lines at
 * the foot of a tape's picture where its heads change.
 */
const brightInRow = 1 / 64;
const brightInColumn = 1 / 24;

/** Finds what of the frames of a clip is border in all of them. */
export class BorderFinder {
  readonly #width: number;
  readonly #height: number;
  /** The brightest that each place has been. */
  readonly #brightest: Uint8Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#brightest = new Uint8Array(width * height);
  }

  /** Looks at a frame's luma, 8 bit. */
  add(luma: Uint8Array): void {
    const all = this.#brightest;
    for (let i = 0; i < all.length; i++) if (luma[i]! > all[i]!) all[i] = luma[i]!;
  }

  /**
   * The borders that all frames share; `null` where there are none worth a word, and where the
   * picture is dark all over. A border ends at a line that is picture along half of its length:
   * otherwise what looks like one is a dark place, as the sky at night.
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

  /** The share of bright samples among `count` from `start` on, every `step`. */
  #brightShare(start: number, step: number, count: number): number {
    let bright = 0;
    for (let i = 0, at = start; i < count; i++, at += step) {
      if (this.#brightest[at]! > blackest) bright++;
    }
    return bright / Math.max(1, count);
  }
}

/**
 * Lines of border on one side, by the share of bright samples of each line from there on; a
 * border's lines have at most `most`.
 */
function borderOf(lines: number, most: number, brightShare: (at: number) => number): number {
  let count = 0;
  while (count < lines && brightShare(count) < most) count++;
  if (count < leastBorder || count >= lines) return 0;
  const inside = Math.min(lines - 1, count + 2);
  return Math.max(brightShare(count), brightShare(inside)) > 0.5 ? count : 0;
}
