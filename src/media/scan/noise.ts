/** Width and height of the blocks that are measured, in samples. */
const side = 16;

/** About how many blocks of a pair of frames are measured, at most: that is as exact as all. */
const mostBlocks = 600;

/** Blocks with a mean below or above are left out: clipped black or white hides noise. */
const darkest = 28;
const brightest = 224;

/** The quantile of the blocks' standard deviations that counts as the noise of a pair. */
const quietest = 0.1;

/** If the standard deviations of nearly all blocks are below this, one frame repeats the other. */
const repeated = 0.1;

/** The value below which `share` of `values` lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}

/**
 * Measures the noise of a clip from pairs of neighbouring frames. In blocks where nothing moves,
 * noise is what differs from frame to frame; in blocks without detail, it is what differs from
 * sample to sample. Both standard deviations are taken from the quietest blocks, and the smaller
 * one counts. So neither movement in a clean picture nor detail in a still one is taken for noise.
 */
export class NoiseMeter {
  readonly #width: number;
  readonly #height: number;
  readonly #levels: number[] = [];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  /** Measures two neighbouring frames: their luma, 8 bit. */
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

  /** The two standard deviations in one block; `null` where it is too dark or bright. */
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
        // The second difference along the row, because the next row may be of another field, and at
        // every second sample, because tapes blur noise along the row.
        if (at >= from + side - 4) continue;
        const bend = sample - 2 * now[at + 2]! + now[at + 4]!;
        bendSquared += bend * bend;
        bends++;
      }
    }
    const mean = sum / count;
    if (mean < darkest || mean > brightest) return null;
    const variance = Math.max(0, changeSquared / count - (change / count) ** 2);
    // The variance of a difference is twice that of the noise, that of a second difference six
    // times.
    return { inTime: Math.sqrt(variance / 2), inSpace: Math.sqrt(bendSquared / bends / 6) };
  }

  /**
   * The standard deviation of the noise in grey levels of 255: the median of all pairs; `null`
   * where no pair could be measured.
   */
  level(): number | null {
    return this.#levels.length === 0 ? null : quantile(this.#levels, 0.5);
  }
}
