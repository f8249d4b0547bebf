import path from 'node:path';
import { usefulWorkers } from '../../enlarge/worker-pool.js';
import { VsrError } from '../../errors.js';
import type { TellProgress } from '../../events.js';
import { compressionOfClip } from '../../media/compression/compression.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { probe } from '../../media/source/probe.js';
import type { Source } from '../../media/source/source.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { paceOf } from '../../pace.js';
import { FramePool } from '../../planes/frame.js';
import type { Degradation } from '../../training/pictures/degrade.js';
import { mapOrdered } from '../../map-ordered.js';
import { codeReduced, croppedFrames, type Sized } from './clip-frames.js';
import { ClipMeter } from './clip-meter.js';
import { ClipSizes } from './clip-sizes.js';
import { baselines, type FileEvaluation } from './evaluation.js';
import type { FeatureMeter } from '../meters/feature-meter.js';
import type { MeasuredModels, MeasuredSource } from './measured-models.js';
import { OpenModels, type Pair } from './open-models.js';
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
  /** How many frames are measured at most; `Infinity` for all. */
  readonly frames: number;
  readonly provider: ProviderChoice;
  /** Inference threads; `null` for as many as the machine has and the clip is worth. */
  readonly workers: number | null;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal;
  /** Called with the progress of the clip. */
  readonly onProgress?: TellProgress;
};

/** Each true frame with its reduced one: the next of `lows`, or without those, made by `reduce`. */
async function* pairsOf(
  truths: AsyncIterable<Sized>,
  lows: AsyncGenerator<Sized> | null,
  {
    pool,
    reduce,
    file,
  }: { pool: FramePool; reduce: (truth: Uint8Array) => Uint8Array; file: string },
): AsyncGenerator<Pair> {
  let number = 0;
  try {
    for await (const truth of truths) {
      const step = await lows?.next();
      if (step?.done === true) {
        throw new VsrError('media', `x264 gave back only ${number} frames of ${file}.`);
      }
      const low = pool.take(number, number);
      low.data.set(step?.value.data ?? reduce(truth.data));
      number++;
      yield { truth: truth.data, low };
    }
  } finally {
    await lows?.return(undefined);
  }
}

/**
 * Measures models and the baselines on a clip, frame by frame, in the clip's own YUV. Throws
 * VsrError: `option` for `blur`, `media` for a clip that cannot be measured.
 */
export async function evaluateClip(
  ffmpeg: Ffmpeg,
  file: string,
  options: ClipEvaluationOptions,
): Promise<FileEvaluation> {
  const { degradation } = options;
  if (degradation.kind === 'blur') {
    const message = 'Expected bicubic or codec for --degrade with clips: blur is for pictures.';
    throw new VsrError('option', message);
  }
  const source = await probe(ffmpeg, file);
  const sizes = new ClipSizes(source, options.scale);
  await using folder = await temporaryFolder('evaluate');
  const coded =
    degradation.kind === 'codec'
      ? await codedClip(ffmpeg, source, sizes, {
          ...{ crf: degradation.crf[0], frames: options.frames, folder: folder.path },
        })
      : null;
  const { models, networks } = await options.modelsFor({
    coded: coded !== null,
    look: () => compressionOfClip(ffmpeg, coded ?? source, options.signal),
  });
  const { colour, frameCount } = source.video;
  const { low, siting } = sizes;
  const most = Math.min(options.frames, frameCount ?? Infinity);
  const samples = most === Infinity ? null : most * low.width * low.height;
  const workers = options.workers ?? usefulWorkers(samples);
  await using opened = new OpenModels();
  await opened.open(models, { low, siting, range: colour.range ?? 'tv' }, { ...options, workers });
  const ways = [
    ...models.map(({ name }) => name),
    ...(options.baselines ? Object.keys(baselines) : []),
  ];
  await using meter = await ClipMeter.open(ffmpeg, sizes.high, ways, { ...options, colour });
  const ready = { ffmpeg, file, source, coded, sizes, opened, meter };
  await measureFrames(ready, { ...options, workers });
  return { file, ...(await meter.finish(file)), networks };
}

/** The clip reduced and compressed by x264, as it is given to be enlarged. */
async function codedClip(
  ffmpeg: Ffmpeg,
  source: Source,
  { high, low }: ClipSizes,
  { crf, frames, folder }: { crf: number; frames: number; folder: string },
): Promise<Source> {
  const small = path.join(folder, 'low.mkv');
  await codeReduced(ffmpeg, source, { high, low }, { crf, frames }, small);
  return probe(ffmpeg, small);
}

/** Everything that is ready before the first frame is measured. */
type ReadyClip = {
  readonly ffmpeg: Ffmpeg;
  /** The clip, as it was named. */
  readonly file: string;
  readonly source: Source;
  /** The reduced clip; `null` where frames are reduced as they come. */
  readonly coded: Source | null;
  readonly sizes: ClipSizes;
  readonly opened: OpenModels;
  readonly meter: ClipMeter;
};

/** Enlarges the frames of a clip and measures each of them against the truth. */
async function measureFrames(
  { ffmpeg, file, source, coded, sizes, opened, meter }: ReadyClip,
  {
    frames,
    workers,
    baselines: withBaselines,
    onProgress = () => {},
  }: ClipEvaluationOptions & { readonly workers: number },
): Promise<void> {
  const pool = new FramePool(sizes.low);
  const reduce = (truth: Uint8Array) => sizes.reduce(truth);
  const truths = croppedFrames(ffmpeg, source, sizes.high, frames);
  const lows = coded === null ? null : croppedFrames(ffmpeg, coded, sizes.low, Infinity);
  const pairs = pairsOf(truths, lows, { pool, reduce, file });
  const larger = mapOrdered(pairs, workers + 1, (pair) => opened.enlarge(pair));
  const of = Math.min(frames, source.video.frameCount ?? Infinity);
  const pace = paceOf(
    { clip: file, output: null, stage: 'measure', of: of === Infinity ? null : of },
    onProgress,
  );
  let measured = 0;
  for await (const { truth, low, made } of larger) {
    if (withBaselines) {
      for (const [way, kernel] of Object.entries(baselines)) {
        await meter.add(way, truth, sizes.enlarge(low.data, kernel));
      }
    }
    await opened.measureEach(made, (name, data) => meter.add(name, truth, data));
    pool.release(low);
    pace(++measured);
  }
}
