import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { Tape } from '../../model/autodiff/tape.js';
import {
  type FeatureNetwork,
  featuresOf,
  readFeatures,
} from '../../model/features/feature-network.js';
import { GraphBuilder } from '../../model/onnx/graph-builder.js';
import { packageRoot } from '../../package-root.js';

/** The feature network of a training, and those of its outputs that are compared. */
export type FeatureSource = {
  /** Absolute path of the ONNX file. */
  readonly file: string;
  /** SHA-256 of that file, in hex. */
  readonly sha256: string;
  readonly outputs: readonly string[];
};

/** The network that ships, and those of its outputs that are compared by default. */
const shipped = { file: 'models/features/squeezenet10.onnx', outputs: ['fire2', 'fire5'] };

/** The feature network of a source. */
export async function openFeatures({ file, outputs }: FeatureSource): Promise<FeatureNetwork> {
  return readFeatures(await readFile(file), file, outputs);
}

/**
 * The feature network in `file`, by default the one that ships, for pictures of `side` samples each
 * way. Throws VsrError `option` or `model` for a file that is not there or holds no feature
 * network, for an output that it lacks, and for pictures that are too small for it.
 */
export async function featureSource(
  file: string | undefined,
  outputs: readonly string[] | undefined,
  side: number,
): Promise<FeatureSource> {
  const full = file === undefined ? path.join(packageRoot(), shipped.file) : path.resolve(file);
  if (!existsSync(full)) throw new VsrError('model', `There is no feature network ${full}.`);
  const bytes = await readFile(full);
  const wanted = outputs ?? (file === undefined ? shipped.outputs : []);
  const network = readFeatures(bytes, full, wanted);
  const tape = new Tape(new GraphBuilder('trial'));
  const shape = [1, 3, side, side];
  featuresOf(tape, network, { name: tape.graph.input('rgb', 'float32', shape), shape });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file: full, sha256, outputs: network.outputs };
}
