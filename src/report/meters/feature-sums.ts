import type { Colour } from '../../media/source/source.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { rgbOfFrame } from '../rgb-picture.js';
import { featureDistance, type FeatureMeter, type Looks, withoutBorder } from './feature-meter.js';

/** Adds up the feature distance of a clip's frames, in colour, for each way of enlarging. */
export class FeatureSums {
  readonly #meter: FeatureMeter;
  readonly #layout: FrameLayout;
  readonly #colour: Colour;
  readonly #border: number;
  readonly #sums = new Map<string, { sum: number; frames: number }>();
  /** The frame compared with last, since all ways are compared with the same one. */
  #truth: { readonly data: Uint8Array; readonly looks: Looks | null } | null = null;

  /** Frames are of `layout`; `border` samples are cut on every side. */
  constructor(meter: FeatureMeter, layout: FrameLayout, colour: Colour, border: number) {
    this.#meter = meter;
    this.#layout = layout;
    this.#colour = colour;
    this.#border = border;
  }

  async add(way: string, reference: Uint8Array, actual: Uint8Array): Promise<void> {
    if (this.#truth?.data !== reference) {
      this.#truth = { data: reference, looks: await this.#looksOf(reference) };
    }
    const looks = await this.#looksOf(actual);
    if (this.#truth.looks === null || looks === null) return;
    const { sum, frames } = this.#sums.get(way) ?? { sum: 0, frames: 0 };
    const distance = featureDistance(this.#truth.looks, looks);
    this.#sums.set(way, { sum: sum + distance, frames: frames + 1 });
  }

  /** The mean distance of a way's frames; `null` where they are too small for the network. */
  mean(way: string): number | null {
    const found = this.#sums.get(way);
    return found === undefined ? null : found.sum / found.frames;
  }

  #looksOf(frame: Uint8Array): Promise<Looks | null> {
    const picture = rgbOfFrame(frame, this.#layout, this.#colour);
    return this.#meter.looksOf(withoutBorder(picture, this.#border));
  }
}
