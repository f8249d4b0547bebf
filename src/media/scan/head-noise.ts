import { brightestBlack } from './borders.js';

/** Noise at the bottom takes at least this many lines, and at most this share of the height. */
const leastLines = 3;
const mostShare = 0.05;

/** The lines above, as a share of the height, that tell what the picture's own lines are like. */
const bandShare = 0.2;

/** A line is noise if it is so much less like its neighbours than nearly all lines above. */
const leastFactor = 1.8;
const leastLevels = 4;

/** The line above the noise may differ from its neighbours by so much more than others there. */
const mostAbove = 1.3;

/**
 * Noise begins at one line, not at a ragged edge as grass and water do: in nearly all of so many
 * parts of the width, its first lines are less explained than the picture's last ones.
 */
const parts = 8;
const leastParts = 8;
const partFactor = 1.5;
const partLevels = 3;

/** Lines of text or of a moving picture are compared up to this many samples to each side. */
const reach = 16;

/**
 * It must begin within one line of the same in at least this share of the pairs of frames that
 * tell something, and in so many of all.
 */
const leastAgreement = 0.8;
const leastPairs = 6;
const leastShare = 0.25;

/**
 * Black lines may follow below, up to this share of the height; samples up to `brightestBlack` are
 * black, and so are lines of which fewer than `mostBright` are brighter. The line above them must
 * be bright for more than half of its length: otherwise they may be a dark part of the picture.
 */
const mostBlack = 0.1;
const mostBright = 1 / 64;
const brightEdge = 0.5;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

type Pair = { readonly now: Uint8Array; readonly before: Uint8Array };

/**
 * Finds the lines at the bottom where a tape's heads switch: noise, and pieces of the picture that
 * are shifted. Nothing explains such a line: neither the line before of its field, nor what was
 * there in the frame before, even if that moved sideways, as a line of running text does. So all
 * parts of it are, in nearly all frames, from the same line on.
 */
export class HeadNoiseFinder {
  readonly #width: number;
  readonly #height: number;
  /** How often noise began so many lines from the bottom. */
  readonly #counts = new Map<number, number>();
  #pairs = 0;
  /** Number of pairs without noise, as far as can be told. */
  #clean = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  /** Examines two neighbouring frames: their luma, 8 bit. */
  add(now: Uint8Array, before: Uint8Array): void {
    const pair = { now, before };
    const black = this.#blackBelow(pair);
    const noise = this.#linesOf(pair, this.#height - black);
    const lines = noise === null || noise === 0 ? noise : noise + black;
    this.#pairs++;
    if (lines === 0) this.#clean++;
    else if (lines !== null) this.#counts.set(lines, (this.#counts.get(lines) ?? 0) + 1);
  }

  /** Number of lines at the bottom that are noise, black lines below it included. */
  lines(): number {
    const counts = this.#counts;
    const [lines] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    const near = [-1, 0, 1].reduce((sum, more) => sum + (counts.get(lines + more) ?? 0), 0);
    const telling = [...counts.values()].reduce((sum, count) => sum + count, this.#clean);
    if (near < Math.max(leastPairs, leastShare * this.#pairs)) return 0;
    return near >= leastAgreement * telling ? lines : 0;
  }

  /** Black lines below everything else; 0 where those may be a dark part of the picture. */
  #blackBelow({ now, before }: Pair): number {
    const width = this.#width;
    const brightShare = (row: number): number => {
      let bright = 0;
      for (let at = row * width; at < (row + 1) * width; at++) {
        if (now[at]! > brightestBlack || before[at]! > brightestBlack) bright++;
      }
      return bright / width;
    };
    const most = Math.floor(mostBlack * this.#height);
    let lines = 0;
    let share = 0;
    while (lines <= most && (share = brightShare(this.#height - 1 - lines)) < mostBright) lines++;
    return lines > most || share <= brightEdge ? 0 : lines;
  }

  /**
   * Lines of noise in one frame, above line `height`; `null` where the picture hides them, if there
   * are any.
   */
  #linesOf(pair: Pair, height: number): number | null {
    const most = Math.floor(mostShare * this.#height);
    const top = height - most - Math.floor(bandShare * height);
    if (most < leastLines || top < 2 || this.#width < 4 * reach) return null;
    const shift = this.#shiftOf(pair, height - most, height);
    /** For each line from `top` on, how little explains it in each part. */
    const all = Array.from({ length: height - top }, (_, i) =>
      Array.from({ length: parts }, (_, part) =>
        this.#unlike(pair, top + i, part, top + i < height - most ? 0 : shift),
      ),
    );
    const rows = all.map(mean);
    const above = rows.slice(0, -most).sort((a, b) => a - b);
    const usual = above[Math.floor(0.9 * above.length)]!;
    if (mean(rows.slice(-leastLines)) < Math.max(mostAbove * usual, leastLevels)) return 0;
    const least = Math.max(leastFactor * usual, usual + leastLevels);
    let lines = 0;
    while (lines < most && rows.at(-1 - lines)! > least) lines++;
    if (lines < leastLines || lines === most) return null;
    // The line before the first one may be half noise.
    const outer = rows.at(-2 - lines)!;
    if (outer > Math.max(mostAbove * usual, leastLevels)) return null;
    const sharp = all[0]!.filter((_, part) => {
      const of = (from: number): number => mean(all.slice(from, from + 2).map((row) => row[part]!));
      const [inside, outside] = [of(all.length - lines), of(all.length - lines - 3)];
      return inside >= Math.max(partFactor * outside, outside + partLevels);
    });
    return sharp.length < leastParts ? null : lines;
  }

  /** By how many samples the bottom lines have moved sideways since the frame before. */
  #shiftOf(pair: Pair, from: number, to: number): number {
    let best = { shift: 0, error: Infinity };
    for (let shift = -reach; shift <= reach; shift++) {
      let error = 0;
      for (let row = from; row < to; row++) {
        error += this.#inTime(pair, row, reach, this.#width - reach, shift);
      }
      if (error < best.error) best = { shift, error };
    }
    return best.shift;
  }

  /** How little explains a line of one part: a mean difference in levels. */
  #unlike(pair: Pair, row: number, part: number, shift: number): number {
    const share = (this.#width - 2 * reach) / parts;
    const from = reach + Math.floor(part * share);
    const to = reach + Math.floor((part + 1) * share);
    const width = this.#width;
    let inField = 0;
    for (let x = from; x < to; x++) {
      inField += Math.abs(pair.now[row * width + x]! - pair.now[(row - 2) * width + x]!);
    }
    const inTime = Math.min(
      this.#inTime(pair, row, from, to, 0),
      shift === 0 ? Infinity : this.#inTime(pair, row, from, to, shift),
    );
    return Math.min(inField, inTime) / (to - from);
  }

  #inTime({ now, before }: Pair, row: number, from: number, to: number, shift: number): number {
    let sum = 0;
    const start = row * this.#width;
    for (let at = start + from; at < start + to; at++) {
      sum += Math.abs(now[at]! - before[at + shift]!);
    }
    return sum;
  }
}
