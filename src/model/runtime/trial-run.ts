import { messageOf, VsrError } from '../../errors.js';
import { encodeModel } from '../onnx/model-file.js';
import { isScale } from '../../planes/enlarged.js';
import { checkLevel } from '../graph/output-guard.js';
import type { OnnxModel } from '../onnx/types.js';
import { type TrialResult, tryInProcess } from './trial-process.js';

/** What a trial needs to know of a model. */
export type Trial = {
  readonly path: string;
  readonly channels: 1 | 3;
  readonly type: 'float32' | 'float16' | 'uint8';
  readonly input: string;
  readonly output: string;
  /**
   * The number of which width and height of a picture must be multiples. Default: 1. With a larger
   * one, the scale may be a fraction.
   */
  readonly align?: number;
  readonly fixed: { readonly width: number; readonly height: number } | null;
};

/** The most that loading a model, and then enlarging a small picture, may take each. */
const limitMs = 20_000;

/** Width and height, in samples, of the picture for a model that takes any size. */
const [smallWidth, smallHeight] = [64, 48];

/**
 * Runs a model once on a grey picture, in a process of its own, and returns its scale. Throws
 * VsrError `model` for a model that does not load, does not run or does not end, that does not give
 * a picture, or does not enlarge width and height by the same whole number (or with `align`, the
 * same ratio).
 */
export async function scaleByRunning(model: OnnxModel, trial: Trial): Promise<number> {
  const { align = 1 } = trial;
  const up = (extent: number): number => Math.ceil(extent / align) * align;
  const { width, height } = trial.fixed ?? { width: up(smallWidth), height: up(smallHeight) };
  const dims = [1, trial.channels, height, width];
  const { type, input, output } = trial;
  // A model that takes only one large size may need longer for it.
  const limit = limitMs * Math.max(1, (width * height) / (smallWidth * smallHeight) / 10);
  let result: TrialResult;
  try {
    result = await tryInProcess({ bytes: encodeModel(model), type, input, output, dims }, limit);
  } catch (error) {
    throw new VsrError(
      'model',
      `${trial.path} does not run on a picture [${dims.join(', ')}]: ${messageOf(error).replace(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
  const dimsOut = result.dims;
  const scale = dimsOut[3]! / width;
  const good =
    dimsOut.length === 4 &&
    dimsOut[1] === trial.channels &&
    dimsOut[2] === scale * height &&
    (Number.isInteger(scale) || (align > 1 && isScale(scale))) &&
    scale >= 1;
  if (!good) {
    throw new VsrError(
      'model',
      `Expected ${trial.path} to make a picture [${dims.join(', ')}] a whole number of times larger both ways but it gives [${dimsOut.join(', ')}].`,
    );
  }
  if (result.energy !== null) {
    const samples = dimsOut.reduce((product, dim) => product * dim, 1);
    checkLevel(Math.sqrt(result.energy / samples), 0.5, trial.path);
  }
  return scale;
}
