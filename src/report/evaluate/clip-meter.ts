import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { meanSquaredError } from '../../metrics/psnr.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { FigureSums, lumaErrors, type FileEvaluation, type Figures } from './evaluation.js';
import { FlickerSums } from './flicker-sums.js';
import {
  canMeasureVmaf,
  openStackedMeter,
  vmafFilter,
  type StackedMeter,
} from '../../media/frames/stacked-meter.js';

/** Measures several ways of enlarging one clip, frame by frame. */
export class ClipMeter implements AsyncDisposable {
  readonly #layout: FrameLayout;
  readonly #border: number;
  readonly #sums: ReadonlyMap<string, FigureSums>;
  readonly #flicker: ReadonlyMap<string, FlickerSums>;
  readonly #vmaf: ReadonlyMap<string, StackedMeter>;

  private constructor(
    layout: FrameLayout,
    border: number,
    sums: ReadonlyMap<string, FigureSums>,
    vmaf: ReadonlyMap<string, StackedMeter>,
  ) {
    this.#layout = layout;
    this.#border = border;
    this.#sums = sums;
    this.#flicker = new Map(
      [...sums.keys()].map((way) => [way, new FlickerSums(layout, layout.format.bitDepth)]),
    );
    this.#vmaf = vmaf;
  }

  /** Frames are of `layout`; `ways` are names. VMAF only if asked for and this ffmpeg can. */
  static async open(
    ffmpeg: Ffmpeg,
    layout: FrameLayout,
    ways: readonly string[],
    options: { readonly border: number; readonly vmaf: boolean },
  ): Promise<ClipMeter> {
    const sums = new Map(ways.map((way) => [way, new FigureSums(layout.format.bitDepth)]));
    const can = options.vmaf && (await canMeasureVmaf(ffmpeg, layout));
    const meters = (can ? ways : []).map(
      (way) => [way, openStackedMeter(ffmpeg, layout, vmafFilter)] as const,
    );
    return new ClipMeter(layout, options.border, sums, new Map(meters));
  }

  async add(way: string, reference: Uint8Array, actual: Uint8Array): Promise<void> {
    const { format } = this.#layout;
    const of = (data: Uint8Array, plane: number) => planeOf(data, this.#layout, plane);
    const chroma = (plane: number) =>
      format.chroma === null ? null : meanSquaredError(of(reference, plane), of(actual, plane));
    const luma = lumaErrors(of(reference, 0), of(actual, 0), format.bitDepth, this.#border);
    this.#sums.get(way)!.add(luma, chroma(1), chroma(2));
    this.#flicker.get(way)!.add(of(reference, 0), of(actual, 0));
    await this.#vmaf.get(way)?.add(reference, actual);
  }

  /** What all frames came to; a `VsrError` of code `media` naming `file` if there were none. */
  async finish(file: string): Promise<Omit<FileEvaluation, 'file' | 'networks'>> {
    const figures: Record<string, Figures> = {};
    for (const [way, sums] of this.#sums) {
      if (sums.frames === 0) throw new VsrError('media', `No frame of ${file} could be decoded.`);
      const vmaf = (await this.#vmaf.get(way)?.finish()) ?? null;
      const flicker = this.#flicker.get(way)!.mean();
      figures[way] = { ...sums.result(), vmaf, flicker };
    }
    const worst = Object.fromEntries([...this.#sums].map(([way, sums]) => [way, sums.worst()]));
    const frames = Math.max(...[...this.#sums.values()].map((sums) => sums.frames));
    return { frames, figures, worst };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const meter of this.#vmaf.values()) await meter[Symbol.asyncDispose]();
  }
}
