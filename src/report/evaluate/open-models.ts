import { openUpscaler, type Upscaler } from '../../enlarge/upscaler.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import type { Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { ChromaSiting } from '../../planes/siting.js';
import type { MeasuredModels } from './measured-models.js';

/** A true frame, and the reduced one that is enlarged. */
export type Pair = { readonly truth: Uint8Array; readonly low: Frame };

/** A pair, and each model's enlargement of the reduced frame. */
export type MeasuredPair = Pair & {
  readonly made: readonly Awaited<ReturnType<Upscaler['upscale']>>[];
};

/** The frames that models are opened for. */
type FrameKind = {
  readonly low: FrameLayout;
  readonly siting: ChromaSiting;
  readonly range: 'tv' | 'pc';
};

/** Where and how the models run. */
type RunOptions = {
  readonly provider: ProviderChoice;
  readonly workers: number;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal;
};

/** The models that are measured, each opened for the same frames. */
export class OpenModels implements AsyncDisposable {
  private readonly opened: { readonly name: string; readonly upscaler: Upscaler }[] = [];

  async open(
    models: MeasuredModels['models'],
    { low, siting, range }: FrameKind,
    { provider, workers, precision, signal }: RunOptions,
  ): Promise<void> {
    for (const { name, chain } of models) {
      const upscaler = await openUpscaler({
        ...{ chain, layout: low, siting, range, provider, workers, precision },
        ...(signal === undefined ? {} : { signal }),
        scores: false,
        reuse: false,
      });
      this.opened.push({ name, upscaler });
    }
  }

  /** A pair with what each model makes of it, in the order of the models. */
  async enlarge(pair: Pair): Promise<MeasuredPair> {
    const larger = this.opened.map(({ upscaler }) => upscaler.upscale(pair.low));
    return { ...pair, made: await Promise.all(larger) };
  }

  /** Calls `measure` with what each model made, and takes the frames back. */
  async measureEach(
    made: MeasuredPair['made'],
    measure: (name: string, data: Uint8Array) => Promise<void>,
  ): Promise<void> {
    for (const [i, { name, upscaler }] of this.opened.entries()) {
      const larger = made[i]!.frame;
      await measure(name, larger.data);
      upscaler.release(larger);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.opened.map(({ upscaler }) => upscaler[Symbol.asyncDispose]()));
  }
}
