import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { TellProgress } from '../../events.js';
import { compressionOfClip } from '../../media/compression/compression.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { probe } from '../../media/source/probe.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { paceOf } from '../../pace.js';
import { FramePool, type Frame } from '../../planes/frame.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import type { Degradation } from '../../training/pictures/degrade.js';
import { mapOrdered } from '../../map-ordered.js';
import { openUpscaler, type Upscaler } from '../../enlarge/upscaler.js';
import { codeReduced, croppedFrames, croppedLayout, type Sized } from './clip-frames.js';
import { ClipMeter } from './clip-meter.js';
import { baselines, type FileEvaluation } from './evaluation.js';
import type { FeatureMeter } from './feature-meter.js';
import type { MeasuredModels, MeasuredSource } from './measured-models.js';
import { temporaryFolder } from '../../files/temporary-folder.js';

/** How a clip is measured. */
export type ClipEvaluationOptions = {
  readonly scale: number;
  /** Without any, the baselines alone are measured. */
  readonly modelsFor: (source: MeasuredSource) => Promise<MeasuredModels>;
  /** `blur` is for pictures. */
  readonly degradation: Degradation;
  readonly border: number;
  /** Measure nearest, bilinear, bicubic and lanczos too. */
  readonly baselines: boolean;
  /** Measure VMAF where this ffmpeg can. */
  readonly vmaf: boolean;
  /** Measures the feature distance, where that is asked for. */
  readonly features: FeatureMeter | null;
  /** At most so many frames; `Infinity` for all. */
  readonly frames: number;
  readonly provider: ProviderChoice;
  readonly workers: number;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal;
  /** Told how far the clip is. */
  readonly onProgress?: TellProgress;
};

/** A frame as it was, and as it is given to be enlarged. */
type Pair = { readonly truth: Uint8Array; readonly low: Frame };

/** The truth with what `lows` brings, or else itself reduced. */
async function* pairsOf(
  truths: AsyncIterable<Sized>,
  lows: AsyncIterator<Sized> | null,
  reduce: (truth: Sized) => Uint8Array,
  pool: FramePool,
  file: string,
): AsyncGenerator<Pair> {
  let number = 0;
  for await (const truth of truths) {
    const step = await lows?.next();
    if (step?.done === true) {
      throw new VsrError('media', `x264 gave back only ${number} frames of ${file}.`);
    }
    const low = pool.take(number, number);
    low.data.set(step?.value.data ?? reduce(truth));
    number++;
    yield { truth: truth.data, low };
  }
}

/** Measures models and the baselines on a clip, frame by frame, in the clip's own YUV. */
export async function evaluateClip(
  ffmpeg: Ffmpeg,
  file: string,
  options: ClipEvaluationOptions,
): Promise<FileEvaluation> {
  const { scale, degradation, workers } = options;
  if (degradation.kind === 'blur') {
    const message = 'Expected bicubic or codec for --degrade with clips: blur is for pictures.';
    throw new VsrError('option', message);
  }
  const source = await probe(ffmpeg, file);
  const high = croppedLayout(source, scale);
  const low = frameLayout(high.format, high.width / scale, high.height / scale);
  const siting = source.video.colour.siting ?? 'left';
  const resized = (data: Uint8Array, enlarge: boolean, kernel = baselines['bicubic']) =>
    enlarge
      ? resizeFrame(data, low, high.width, high.height, siting, kernel).data
      : resizeFrame(data, high, low.width, low.height, siting).data;
  await using folder = await temporaryFolder('evaluate');
  const upscalers: { readonly name: string; readonly upscaler: Upscaler }[] = [];
  try {
    let coded: AsyncGenerator<Sized> | null = null;
    let given = source;
    if (degradation.kind === 'codec') {
      const small = path.join(folder.path, 'low.mkv');
      const how = { crf: degradation.crf[0], frames: options.frames };
      await codeReduced(ffmpeg, source, high, low, how, small);
      given = await probe(ffmpeg, small);
      coded = croppedFrames(ffmpeg, given, low, Infinity);
    }
    const { models, networks } = await options.modelsFor({
      coded: coded !== null,
      look: () => compressionOfClip(ffmpeg, given, options.signal),
    });
    for (const { name, chain } of models) {
      const upscaler = await openUpscaler({
        ...{ chain, layout: low, siting, provider: options.provider, workers },
        range: source.video.colour.range ?? 'tv',
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        precision: options.precision,
        scores: false,
        reuse: false,
      });
      upscalers.push({ name, upscaler });
    }
    const ways = [
      ...models.map(({ name }) => name),
      ...(options.baselines ? Object.keys(baselines) : []),
    ];
    await using meter = await ClipMeter.open(ffmpeg, high, ways, {
      ...options,
      colour: source.video.colour,
    });
    const pool = new FramePool(low);
    const truths = croppedFrames(ffmpeg, source, high, options.frames);
    const reduce = (truth: Sized) => resized(truth.data, false);
    const larger = mapOrdered(
      pairsOf(truths, coded, reduce, pool, file),
      workers + 1,
      async (pair) => ({
        ...pair,
        made: await Promise.all(upscalers.map(({ upscaler }) => upscaler.upscale(pair.low))),
      }),
    );
    const of = Math.min(options.frames, source.video.frameCount ?? Infinity);
    const pace = paceOf(
      { clip: file, output: null, stage: 'measure', of: of === Infinity ? null : of },
      options.onProgress ?? (() => {}),
    );
    let measured = 0;
    for await (const { truth, low: frame, made } of larger) {
      if (options.baselines) {
        for (const [way, kernel] of Object.entries(baselines)) {
          await meter.add(way, truth, resized(frame.data, true, kernel));
        }
      }
      for (const [i, { name, upscaler }] of upscalers.entries()) {
        const larger = made[i]!.frame;
        await meter.add(name, truth, larger.data);
        upscaler.release(larger);
      }
      pool.release(frame);
      pace(++measured);
    }
    await coded?.return(undefined);
    return { file, ...(await meter.finish(file)), networks };
  } finally {
    await Promise.all(upscalers.map(({ upscaler }) => upscaler[Symbol.asyncDispose]()));
  }
}
