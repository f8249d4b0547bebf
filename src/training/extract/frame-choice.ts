/** How frames are grouped; the sharpest of each group is kept. */
export type FrameChoice =
  /** Groups of `frames` frames. */
  | { readonly kind: 'every'; readonly frames: number }
  /** `rate` groups per second. */
  | { readonly kind: 'fps'; readonly rate: number }
  /** A group for each scene, of at most `longestScene` frames. */
  | { readonly kind: 'scenes' };

/** Number of frames after which a new group begins even within a scene. */
export const longestScene = 120;

/** Least number of frames in a scene: flashes are no scenes. */
const shortestScene = 6;

/** Mean difference of thumbnails, in sample values, above which a new scene has begun. */
const sceneDifference = 24;

/** Mean difference of thumbnails below which a frame shows what the last kept one showed. */
const duplicateDifference = 1;

/** A frame of 8-bit RGB, without padding. */
export type RgbFrame = {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
};

/** Thumbnail samples each way. */
const thumbnailWidth = 32;
const thumbnailHeight = 18;

/** A thumbnail of the green channel, the one nearest luma: means of a few samples of each block. */
export function thumbnail({ data, width, height }: RgbFrame): Float32Array {
  const result = new Float32Array(thumbnailWidth * thumbnailHeight);
  for (let v = 0, i = 0; v < thumbnailHeight; v++) {
    const top = Math.floor((v * height) / thumbnailHeight);
    const bottom = Math.max(top + 1, Math.floor(((v + 1) * height) / thumbnailHeight));
    for (let u = 0; u < thumbnailWidth; u++, i++) {
      const left = Math.floor((u * width) / thumbnailWidth);
      const right = Math.max(left + 1, Math.floor(((u + 1) * width) / thumbnailWidth));
      let sum = 0;
      let count = 0;
      for (let y = top; y < bottom; y += 2) {
        for (let x = left; x < right; x += 2, count++) sum += data[(y * width + x) * 3 + 1]!;
      }
      result[i] = sum / count;
    }
  }
  return result;
}

/** Mean absolute difference of two thumbnails, in sample values. */
export function difference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/**
 * How sharp a frame is: the mean square of the green channel's second differences, on every other
 * row. Motion blur and defocus lower it; only frames of one scene can be compared.
 */
export function sharpness({ data, width, height }: RgbFrame): number {
  let sum = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 2) {
    const row = y * width;
    for (let x = 1; x < width - 1; x++, count++) {
      const i = (row + x) * 3 + 1;
      const around = data[i - 3]! + data[i + 3]! + data[i - 3 * width]! + data[i + 3 * width]!;
      const d = 4 * data[i]! - around;
      sum += d * d;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** A frame that was chosen. */
export type ChosenFrame = { readonly index: number; readonly frame: RgbFrame };

/** Chooses the frames to keep, looking at each once, in order; it holds one frame at most. */
export class FrameChooser {
  readonly #choice: FrameChoice;
  readonly #rate: number;
  #start = 0;
  #best: (ChosenFrame & { sharpness: number; small: Float32Array }) | undefined;
  #before: Float32Array | undefined;
  #kept: Float32Array | undefined;
  /** Frames that were the best of their group but showed what the last kept one did. */
  duplicates = 0;

  /** `rate` is the clip's number of frames per second, for `fps`. */
  constructor(choice: FrameChoice, rate: number) {
    this.#choice = choice;
    this.#rate = rate;
  }

  /**
   * Looks at the next frame. Where a group has ended with the frame before, returns the frame of it
   * that is kept.
   */
  look(index: number, frame: RgbFrame): ChosenFrame | undefined {
    const small = thumbnail(frame);
    const ended = this.#endsBefore(index, small);
    const kept = ended ? this.end() : undefined;
    if (ended) this.#start = index;
    this.#before = small;
    const value = sharpness(frame);
    if (this.#best === undefined || value > this.#best.sharpness) {
      this.#best = { index, frame, sharpness: value, small };
    }
    return kept;
  }

  /** Whether a group ends before frame `index`. */
  #endsBefore(index: number, small: Float32Array): boolean {
    const length = index - this.#start;
    switch (this.#choice.kind) {
      case 'every':
        return length >= this.#choice.frames;
      case 'fps': {
        const groupOf = (frame: number, rate: number) => Math.floor((frame * rate) / this.#rate);
        return groupOf(index, this.#choice.rate) > groupOf(this.#start, this.#choice.rate);
      }
      case 'scenes': {
        const cut = this.#before !== undefined && difference(this.#before, small) > sceneDifference;
        return length >= longestScene || (cut && length >= shortestScene);
      }
    }
  }

  /**
   * Ends the current group. Returns its sharpest frame, unless the last kept one shows the same.
   */
  end(): ChosenFrame | undefined {
    const best = this.#best;
    this.#best = undefined;
    if (best === undefined) return undefined;
    if (this.#kept !== undefined && difference(this.#kept, best.small) < duplicateDifference) {
      this.duplicates++;
      return undefined;
    }
    this.#kept = best.small;
    return { index: best.index, frame: best.frame };
  }
}
