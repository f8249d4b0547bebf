import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, errorFacts, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { lossless } from '../../media/compression/compression.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { isImageName } from '../../media/still/luma-image.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import type { Plane } from '../../planes/plane.js';
import { type Degradation, isCoded } from '../../training/pictures/degrade.js';
import { looksLikeClip } from '../../upscale/plan/inputs.js';
import { version } from '../../version.js';
import { evaluatePicture } from './evaluate-picture.js';
import type { FileEvaluation } from './evaluation.js';
import { modelsToMeasure, type MeasuredSource } from './measured-models.js';
import { ClassMeter } from '../meters/class-meter.js';
import { FeatureMeter } from '../meters/feature-meter.js';
import { enlargeColours, enlargePicture } from './picture-enlarger.js';
import type { Distance, Protocol } from './protocol.js';

/** What is measured, and how. */
export type EvaluateOptions = {
  readonly scale: number;
  /** A model of the catalogue, `default`, an ONNX file, or `none` for the baselines alone. */
  readonly model: string;
  readonly degradation: Degradation;
  /** Samples cut on every side before comparing; the scale, as papers do, if left out. */
  readonly border?: number;
  /** What is measured: luma (`y`) if left out. */
  readonly protocol?: Protocol | undefined;
  /** What pictures are also compared by: nothing if left out. */
  readonly distance?: Distance | undefined;
  /** An ONNX classification network: none if left out. */
  readonly classifier?: string | undefined;
  /** How many frames of a clip are measured at most. */
  readonly frames?: number;
  readonly provider: ProviderChoice;
  /** `auto` if left out: the model as it is, and beside the default what runs in its place. */
  readonly precision?: PrecisionChoice | undefined;
  /** Inference threads; one per core if left out. */
  readonly workers?: number;
  /** Stops it; it then fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /**
   * Called for each file that cannot be measured, and the others go on; if left out, the first such
   * file ends the evaluation.
   */
  readonly onFailure?: (file: string, error: VsrError) => void;
  /** Called with events on each file: its progress and its result. */
  readonly tell?: Tell<FileEvaluation>;
};

/** Pictures and clips among `inputs`, with those of folders and of the folders within. */
export async function evaluationInputs(inputs: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const input of inputs) {
    const info = await stat(input).catch(() => undefined);
    if (info === undefined) throw new VsrError('media', `${input} does not exist.`);
    if (!info.isDirectory()) {
      found.push(input);
      continue;
    }
    const names = (await readdir(input, { recursive: true })).sort();
    const files = names.map((name) => path.join(input, name));
    const wanted = files.filter((file) => isImageName(file) || looksLikeClip(file));
    if (wanted.length === 0) {
      throw new VsrError('media', `Expected pictures or clips in ${input} but found none.`);
    }
    found.push(...wanted);
  }
  return found;
}

/** Samples cut on every side before comparing. */
export function borderOf({
  scale,
  border = Math.ceil(scale),
}: Pick<EvaluateOptions, 'scale' | 'border'>): number {
  return border;
}

/** Measures a model and the baselines on each of `files`, in order. */
export async function* evaluate(
  ffmpeg: () => Promise<Ffmpeg>,
  files: readonly string[],
  options: EvaluateOptions,
): AsyncGenerator<FileEvaluation> {
  const { scale, provider, degradation } = options;
  if (!Number.isInteger(scale) && degradation.kind !== 'bicubic') {
    throw badValue('bicubic', `--degrade for a scale of ${scale}`, degradation.kind);
  }
  const { precision = 'auto', protocol = 'y' } = options;
  if (protocol === 'rgb' && isCoded(degradation)) {
    throw badValue('bicubic or blur', '--degrade with --protocol rgb', degradation.kind);
  }
  const border = borderOf(options);
  const modelsFor = (source: MeasuredSource) => modelsToMeasure(options, source);
  // A wrong name ends the call before the first file is measured.
  await modelsFor({ coded: false, look: () => Promise.resolve(lossless) });
  const tell: Tell<FileEvaluation> = options.tell ?? (() => {});
  tell({ event: 'start', command: 'evaluate', vsr: version(), clips: files });
  await using features = options.distance === undefined ? null : await FeatureMeter.open();
  await using classes =
    options.classifier === undefined ? null : await ClassMeter.open(options.classifier);
  const measure = async (file: string): Promise<FileEvaluation> => {
    if (isImageName(file)) {
      const how = { ...options, precision };
      const enlarge = async (planes: readonly Plane[], chain: Chain) =>
        planes.length > 1
          ? enlargeColours(planes, chain, how)
          : [await enlargePicture(planes[0]!, chain, how)];
      return evaluatePicture(file, {
        ...{ scale, degradation, border, modelsFor, enlarge, protocol, features, classes },
      });
    }
    if (protocol === 'rgb') {
      throw new VsrError(
        'option',
        `Expected pictures for --protocol rgb but ${file} is a clip: clips are measured in their own Y, U and V, by --protocol y.`,
      );
    }
    const { evaluateClip } = await import('./evaluate-clip.js');
    return evaluateClip(await ffmpeg(), file, {
      ...{ scale, modelsFor, degradation, border, provider },
      baselines: true,
      precision,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: tell,
      vmaf: true,
      features,
      frames: options.frames ?? Infinity,
      workers: options.workers ?? null,
    });
  };
  for (const file of files) {
    try {
      const summary = await measure(file);
      tell({ event: 'done', clip: file, status: 'done', output: null, summary });
      yield summary;
    } catch (error) {
      const facts = errorFacts(error);
      const status = facts.code === 'interrupted' ? 'interrupted' : 'failed';
      tell({ event: 'failed', clip: file, status, output: null, error: facts });
      const itsOwn = error instanceof VsrError && ['media', 'option'].includes(error.code);
      if (!itsOwn || options.onFailure === undefined) throw error;
      options.onFailure(file, error);
    }
  }
}
