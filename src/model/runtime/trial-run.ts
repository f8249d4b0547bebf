import { messageOf, VsrError } from '../../errors.js';
import { encodeModel } from '../onnx/model-file.js';
import type { OnnxModel } from '../onnx/types.js';
import { onnxRuntime } from './onnx-runtime.js';

/** What a trial needs to know about a model. */
export type Trial = {
  readonly path: string;
  readonly channels: 1 | 3;
  readonly type: 'float32' | 'float16' | 'uint8';
  readonly input: string;
  readonly output: string;
  readonly fixed: { readonly width: number; readonly height: number } | null;
};

/**
 * Runs a model once on a small grey picture and returns how many times larger its output is.
 * A model that does not load, does not run, or does not enlarge both ways by one whole number
 * is a VsrError 'model'.
 */
export async function scaleByRunning(model: OnnxModel, trial: Trial): Promise<number> {
  const ort = await onnxRuntime();
  const { width, height } = trial.fixed ?? { width: 64, height: 48 };
  const dims = [1, trial.channels, height, width];
  const count = trial.channels * width * height;
  const data =
    trial.type === 'uint8'
      ? new Uint8Array(count).fill(128)
      : trial.type === 'float32'
        ? new Float32Array(count).fill(0.5)
        : new Uint16Array(count).fill(0x3800);
  let dimsOut: readonly number[];
  try {
    const session = await ort.InferenceSession.create(encodeModel(model), {
      logSeverityLevel: 4,
    });
    try {
      const tensor = new ort.Tensor(trial.type, data, dims);
      const results = await session.run({ [trial.input]: tensor }, [trial.output]);
      dimsOut = results[trial.output]!.dims;
    } finally {
      await session.release();
    }
  } catch (error) {
    throw new VsrError(
      'model',
      `${trial.path} does not run on a picture [${dims.join(', ')}]: ${messageOf(error).replace(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
  const scale = dimsOut[3]! / width;
  const good =
    dimsOut.length === 4 &&
    dimsOut[1] === trial.channels &&
    dimsOut[2] === scale * height &&
    Number.isInteger(scale) &&
    scale >= 1;
  if (!good) {
    throw new VsrError(
      'model',
      `Expected ${trial.path} to make a picture [${dims.join(', ')}] a whole number of times larger both ways but it gives [${dimsOut.join(', ')}].`,
    );
  }
  return scale;
}
