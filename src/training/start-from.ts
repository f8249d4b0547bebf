import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Network } from '../model/language/network.js';
import { calibrated, type CalibrationOptions } from './pictures/calibrate.js';
import { initialWeights } from './optimiser/initial-weights.js';
import type { TrainPlan } from './plan/plan.js';
import { weightsFromModel } from './saved/warm-start.js';

/** The parts of a plan that depend on the model that it starts from. */
export type Start = Pick<TrainPlan, 'network' | 'initial' | 'original'>;

/**
 * Starts `network` from the model in `file`: with its weights, where it has such layers (see
 * `weightsFromModel`), and with `int8` as its 8-bit copy. Throws VsrError `model` or `option` for a
 * model that does not fit.
 */
export async function startFrom(
  network: Network,
  file: string,
  options: CalibrationOptions & { readonly int8: boolean },
): Promise<Start> {
  const model = await readFile(file);
  const initial = weightsFromModel(model, file, network, initialWeights(network, options.seed));
  if (!options.int8) return { network, initial };
  const sha256 = createHash('sha256').update(model).digest('hex');
  return {
    ...(await calibrated(network, initial, model, file, options)),
    original: { name: path.basename(file, '.onnx'), sha256 },
  };
}
