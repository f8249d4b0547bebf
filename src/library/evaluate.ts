import { type ErrorFacts, VsrError } from '../errors.js';
import type { Tell } from '../events.js';
import { locateFfmpeg } from '../media/program/ffmpeg.js';
import type { PrecisionChoice } from '../model/runtime/precision.js';
import type { ProviderName } from '../model/runtime/providers.js';
import {
  borderOf,
  evaluate as evaluateEach,
  evaluationInputs,
} from '../report/evaluate/evaluate.js';
import { type Distance, type Protocol, protocolOf } from '../report/evaluate/protocol.js';
import {
  type FileEvaluation,
  type Figures,
  meanFigures,
  waysOf,
} from '../report/evaluate/evaluation.js';
import type { Degradation } from '../training/pictures/degrade.js';
import type { Programs } from './programs.js';

/** What is measured, and how. */
export type EvaluateOptions = Programs & {
  /** Enlargement each way. Default 2. */
  readonly scale?: number;
  /**
   * A model of the catalogue or an .onnx file (one for each pass, separated by commas), or `none`
   * for the baselines alone. Default: that of `upscale`.
   */
  readonly model?: string;
  /** How the small input is made: `bicubic` (default), `blur` (pictures alone) or `codec`. */
  readonly degrade?: Degradation['kind'];
  /** Quality of x264 for `codec`. Default 23. */
  readonly crf?: number;
  /** Standard deviation of noise added to the small pictures. Default 0. */
  readonly noise?: number;
  /** Samples cut on each side before comparing. Default: the scale. */
  readonly border?: number;
  /**
   * What is measured: luma (`y`, default), or red, green and blue together (`rgb`, pictures alone).
   */
  readonly protocol?: Protocol;
  /**
   * What pictures are also compared by: `features` adds how far apart the outputs of SqueezeNet's
   * fire modules are. Default: nothing, because it takes time.
   */
  readonly distance?: Distance;
  /**
   * An ONNX classification network: how often the enlarged picture gets the class of the true one.
   * Default: none.
   */
  readonly classifier?: string;
  /** How many frames of a clip are measured at most. */
  readonly frames?: number;
  /** Where networks run. Default `auto`: the best provider that starts. */
  readonly provider?: ProviderName | 'auto';
  /** Precision of the model, as for `upscale`. Default `auto`. */
  readonly precision?: PrecisionChoice;
  /** GPU number, from 0. */
  readonly device?: number;
  /** Inference threads. Default: one per core. */
  readonly workers?: number;
  /** Stops it; it then fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /** Called with events on each file: its progress and its result. */
  readonly tell?: Tell<FileEvaluation>;
};

/** The result of an evaluation. */
export type Evaluation = {
  readonly files: readonly FileEvaluation[];
  /** Files that could not be measured. */
  readonly failed: readonly { readonly file: string; readonly error: ErrorFacts }[];
  /** How everything was measured, in one sentence. */
  readonly protocol: string;
  /**
   * For each way of enlarging, the mean over the files that were measured by it; the models first.
   */
  readonly mean: Readonly<Record<string, Figures>>;
};

/**
 * Measures a model beside nearest, bilinear, bicubic and lanczos on pictures and clips, and those
 * in folders. Each file is the ground truth: it is made small, enlarged again, and compared with
 * itself.
 *
 * Where a file cannot be measured, the figures of the others are still given. Throws VsrError:
 * `media` if none can be measured, `option` and `model` for a wrong call.
 */
export async function evaluate(
  inputs: string | readonly string[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { scale = 2, model = 'default', degrade = 'bicubic', crf = 23, noise = 0 } = options;
  const { border, frames, workers, signal, protocol: compared = 'y', distance } = options;
  const { classifier } = options;
  const degradation = { kind: degrade, noise, crf: [crf, crf] as const };
  const found = await evaluationInputs(typeof inputs === 'string' ? [inputs] : inputs);
  const failed: { file: string; error: ErrorFacts }[] = [];
  const files: FileEvaluation[] = [];
  const alone = found.length === 1;
  for await (const result of evaluateEach(() => locateFfmpeg(options), found, {
    ...{ scale, model, degradation, precision: options.precision },
    ...{ protocol: compared, distance, classifier },
    provider: { name: options.provider ?? 'auto', device: options.device ?? 0 },
    ...(border === undefined ? {} : { border }),
    ...(frames === undefined ? {} : { frames }),
    ...(workers === undefined ? {} : { workers }),
    ...(signal === undefined ? {} : { signal }),
    ...(alone ? {} : { onFailure: () => {} }),
    tell: (event) => {
      if (event.event === 'failed' && event.clip !== null) {
        failed.push({ file: event.clip, error: event.error });
      }
      options.tell?.(event);
    },
  })) {
    files.push(result);
  }
  if (files.length === 0) {
    throw new VsrError('media', `None of the ${found.length} files could be measured.`);
  }
  const mean = waysOf(files).map((way) => [
    way,
    meanFigures(files.flatMap((f) => f.figures[way] ?? [])),
  ]);
  const protocol = protocolOf({
    ...{ scale, degradation, protocol: compared, distance, classifier },
    border: borderOf({ scale, ...(border === undefined ? {} : { border }) }),
  });
  return { files, failed, protocol, mean: Object.fromEntries(mean) as Evaluation['mean'] };
}
