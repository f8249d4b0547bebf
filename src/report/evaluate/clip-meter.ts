import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { meanSquaredError } from '../../metrics/psnr.js';
import type { Colour } from '../../media/source/source.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { FeatureMeter } from '../meters/feature-meter.js';
import { FeatureSums } from '../meters/feature-sums.js';
import { FigureSums, lumaErrors, type FileEvaluation, type Figures } from './evaluation.js';
import { FlickerSums } from '../meters/flicker-sums.js';
import {
  canMeasureVmaf,
  openStackedMeter,
  vmafFilter,
  type StackedMeter,
} from '../../media/frames/stacked-meter.js';

/** What a clip is measured by. */
export type ClipMeasuring = {
  /** Samples cut on every side. */
  readonly border: number;
  /** Measure VMAF where this ffmpeg can. */
  readonly vmaf: boolean;
  /** Measures the feature distance, where that is asked for. */
  readonly features: FeatureMeter | null;
  /** How the clip's samples are shown: features are of colours. */
  readonly colour: Colour;
};

/** Measures several ways of enlarging one clip, frame by frame. */
export class ClipMeter implements AsyncDisposable {
  readonly #layout: FrameLayout;
  readonly #border: number;
  readonly #sums: ReadonlyMap<string, FigureSums>;
  readonly #flicker: ReadonlyMap<string, FlickerSums>;
  readonly #vmaf: ReadonlyMap<string, StackedMeter>;
  readonly #features: FeatureSums | null;

  private constructor(
    layout: FrameLayout,
    border: number,
    sums: ReadonlyMap<string, FigureSums>,
    vmaf: ReadonlyMap<string, StackedMeter>,
    features: FeatureSums | null,
  ) {
    this.#layout = layout;
    this.#border = border;
    this.#sums = sums;
    this.#flicker = new Map(
      [...sums.keys()].map((way) => [way, new FlickerSums(layout, layout.format.bitDepth)]),
    );
    this.#vmaf = vmaf;
    this.#features = features;
  }

  /** Frames are of `layout`; `ways` are the names of the ways of enlarging. */
  static async open(
    ffmpeg: Ffmpeg,
    layout: FrameLayout,
    ways: readonly string[],
    { border, vmaf, features, colour }: ClipMeasuring,
  ): Promise<ClipMeter> {
    const sums = new Map(ways.map((way) => [way, new FigureSums(layout.format.bitDepth)]));
    const can = vmaf && (await canMeasureVmaf(ffmpeg, layout));
    const meters = (can ? ways : []).map(
      (way) => [way, openStackedMeter(ffmpeg, layout, vmafFilter)] as const,
    );
    const looks = features === null ? null : new FeatureSums(features, layout, colour, border);
    return new ClipMeter(layout, border, sums, new Map(meters), looks);
  }

  /** Both frames must stay untouched: the reference for as long as it is given again. */
  async add(way: string, reference: Uint8Array, actual: Uint8Array): Promise<void> {
    const { format } = this.#layout;
    const of = (data: Uint8Array, plane: number) => planeOf(data, this.#layout, plane);
    const chroma = (plane: number) =>
      format.chroma === null ? null : meanSquaredError(of(reference, plane), of(actual, plane));
    const luma = lumaErrors(of(reference, 0), of(actual, 0), format.bitDepth, this.#border);
    this.#sums.get(way)!.add(luma, chroma(1), chroma(2));
    this.#flicker.get(way)!.add(of(reference, 0), of(actual, 0));
    await this.#vmaf.get(way)?.add(reference, actual);
    await this.#features?.add(way, reference, actual);
  }

  /** The figures of all frames. Throws VsrError `media` that names `file` if there were none. */
  async finish(file: string): Promise<Omit<FileEvaluation, 'file' | 'networks'>> {
    const figures: Record<string, Figures> = {};
    for (const [way, sums] of this.#sums) {
      if (sums.frames === 0) throw new VsrError('media', `No frame of ${file} could be decoded.`);
      const vmaf = (await this.#vmaf.get(way)?.finish()) ?? null;
      const flicker = this.#flicker.get(way)!.mean();
      const features = this.#features?.mean(way) ?? null;
      figures[way] = { ...sums.result(), vmaf, flicker, features };
    }
    const worst = Object.fromEntries([...this.#sums].map(([way, sums]) => [way, sums.worst()]));
    const frames = Math.max(...[...this.#sums.values()].map((sums) => sums.frames));
    return { frames, figures, worst };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const meter of this.#vmaf.values()) await meter[Symbol.asyncDispose]();
  }
}
