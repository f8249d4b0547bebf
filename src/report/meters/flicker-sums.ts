import { sourceFlicker, stillLength, truthFlicker } from '../../enlarge/scores/flicker.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';

/** A copy, because the memory of frames is used again. */
function copyOf(plane: Plane): Plane {
  return { ...plane, data: plane.data.slice() };
}

/** The mean of those that are numbers; `null` without any. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Adds up the flicker of a clip's frames against a reference's: the log's `flicker_y`. */
export class FlickerSums {
  readonly #flicker: ReturnType<typeof truthFlicker>;
  readonly #figures: (number | null)[] = [];
  #last: { readonly truth: Plane; readonly actual: Plane } | null = null;

  /** For luma planes of this size. */
  constructor(size: { readonly width: number; readonly height: number }, bitDepth: number) {
    this.#flicker = truthFlicker(size, bitDepth);
  }

  /** The next frame of both. */
  add(truth: Plane, actual: Plane): void {
    const now = { truth: copyOf(truth), actual: copyOf(actual) };
    if (this.#last !== null) {
      this.#flicker.begin([this.#last.truth, now.truth]);
      this.#figures.push(this.#flicker.of([this.#last.actual, now.actual]));
    }
    this.#last = now;
  }

  /** Grey levels of 255; `null` where nothing stood still. */
  mean(): number | null {
    return meanOf(this.#figures);
  }
}

/**
 * Adds up the flicker of a clip's frames against plain bicubic of their source: the log's
 * `flicker_to_bicubic_y`.
 */
export class BicubicFlickerSums {
  readonly #flicker: ReturnType<typeof sourceFlicker>;
  readonly #bitDepth: number;
  readonly #scale: number;
  readonly #figures: (number | null)[] = [];
  readonly #stillLength: number;
  #last: { readonly source: Plane; readonly larger: Plane; readonly bicubic: Plane } | null = null;
  #still: Uint8Array | null = null;

  /** Sources are of `layout`, pictures `scale` times as large. */
  constructor(layout: FrameLayout, scale: number) {
    this.#flicker = sourceFlicker(layout, scale);
    this.#scale = scale;
    this.#bitDepth = layout.format.bitDepth;
    this.#stillLength = stillLength(layout.width, layout.height);
  }

  /** The next frame and what was made of it. */
  add(source: Plane, larger: Plane): void {
    const { width, height } = larger;
    const bicubic = resizePlane(source, width, height, this.#bitDepth, { scale: this.#scale });
    const now = { source: copyOf(source), larger: copyOf(larger), bicubic };
    const before = this.#last;
    this.#last = now;
    if (before === null) return;
    if (this.#still !== null) {
      const [pictures, bicubics] = [
        [before.larger, larger] as const,
        [before.bicubic, bicubic] as const,
      ];
      this.#figures.push(this.#flicker.of(pictures, bicubics, this.#still, null));
    }
    this.#still ??= new Uint8Array(this.#stillLength);
    this.#flicker.markStill([before.source, source], this.#still);
  }

  /** Grey levels of 255; `null` where nothing stood still. */
  mean(): number | null {
    return meanOf(this.#figures);
  }
}
