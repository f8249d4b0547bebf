/** Side of the blocks that are looked at, in samples. */
const side = 16;

/** About how many blocks of a pair of frames are looked at, at most: they tell as much as all. */
const mostBlocks = 600;

/** Blocks whose mean lies outside hold clipped black or white, which hides noise. */
const darkest = 28;
const brightest = 224;

/** The share of a pair's blocks, the quietest, that may be something else than noise. */
const quietest = 0.1;

/** Standard deviations below which two frames are one that repeats. */
const repeated = 0.1;

/** The value below which `share` of `values` lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}

/**
 * Measures the noise of a clip from pairs of neighbouring frames. Noise is what differs from frame
 * to frame where nothing moves, and from sample to sample where nothing is drawn: of the standard
 * deviation of each the quietest blocks of a picture are taken, and of both the smaller one. So a
 * clean picture that moves is not taken for noise, and neither is a still one full of detail.
 */
export class NoiseMeter {
  readonly #width: number;
  readonly #height: number;
  readonly #levels: number[] = [];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  /** Looks at the luma of two neighbouring frames, 8 bit. */
  add(now: Uint8Array, before: Uint8Array): void {
    const [columns, rows] = [Math.floor(this.#width / side), Math.floor(this.#height / side)];
    const step = Math.max(1, Math.ceil((columns * rows) / mostBlocks));
    const inTime: number[] = [];
    const inSpace: number[] = [];
    for (let block = 0; block < columns * rows; block += step) {
      const at = Math.floor(block / columns) * side * this.#width + (block % columns) * side;
      const found = this.#block(now, before, at);
      if (found === null) continue;
      inTime.push(found.inTime);
      inSpace.push(found.inSpace);
    }
    if (inTime.length === 0 || quantile(inTime, 0.9) < repeated) return;
    this.#levels.push(Math.min(quantile(inTime, quietest), quantile(inSpace, quietest)));
  }

  /** Standard deviations of the noise, if it is noise, in one block; `null` where it is clipped. */
  #block(
    now: Uint8Array,
    before: Uint8Array,
    start: number,
  ): { readonly inTime: number; readonly inSpace: number } | null {
    const count = side * side;
    let [sum, change, changeSquared, bendSquared, bends] = [0, 0, 0, 0, 0];
    for (let row = 0; row < side; row++) {
      const from = start + row * this.#width;
      for (let at = from; at < from + side; at++) {
        const sample = now[at]!;
        const difference = sample - before[at]!;
        sum += sample;
        change += difference;
        changeSquared += difference * difference;
        // Along the row, since the next row may be another field's; over two samples, since tapes
        // blur their noise along the row.
        if (at >= from + side - 4) continue;
        const bend = sample - 2 * now[at + 2]! + now[at + 4]!;
        bendSquared += bend * bend;
        bends++;
      }
    }
    const mean = sum / count;
    if (mean < darkest || mean > brightest) return null;
    const variance = Math.max(0, changeSquared / count - (change / count) ** 2);
    // A difference of two noises has twice the variance of one, and a bend six times.
    return { inTime: Math.sqrt(variance / 2), inSpace: Math.sqrt(bendSquared / bends / 6) };
  }

  /**
   * The noise's standard deviation in grey levels of 255; `null` where no two frames told anything.
   */
  level(): number | null {
    return this.#levels.length === 0 ? null : quantile(this.#levels, 0.5);
  }
}
