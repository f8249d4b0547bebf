import type { InferenceSession } from 'onnxruntime-node';
import { readFile } from 'node:fs/promises';
import { badValue } from '../../errors.js';
import type { ModelCard } from '../../model/catalogue/card.js';
import { chooseModel } from '../../model/catalogue/chain.js';
import { bicubicPassScale } from '../../model/load/bicubic-pass.js';
import { enlargedSize } from '../../planes/enlarged.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { onnxRuntime } from '../../model/runtime/onnx-runtime.js';
import { openSession } from '../base/session.js';

/** The first of two chained passes; a network for the second one is trained on its results. */
export type FirstPass = {
  readonly name: string;
  readonly scale: number;
  /** The model that runs; absent for plain bicubic. */
  readonly model?: {
    /** Absolute path of the ONNX file. */
    readonly file: string;
    /** SHA-256 of that file, in hex. */
    readonly sha256: string;
  };
};

/**
 * The first pass that `wanted` names: a model of the catalogue, a model file, or `bicubic@1.5`.
 * Throws VsrError `option` for a model that does not take and give luma as float32 of any size, and
 * for a scale that bicubic cannot have.
 */
export async function firstPassOf(wanted: string): Promise<FirstPass> {
  const bicubic = bicubicPassScale(wanted, '--after');
  if (bicubic !== null) return { name: wanted, scale: bicubic };
  const { name, path, sha256, scale, colour, type, outputType, fixed } = await chooseModel(wanted);
  if (colour !== 'luma' || type !== 'float32' || outputType !== 'float32' || fixed !== null) {
    const size = fixed === null ? 'any size' : `${fixed.width}x${fixed.height}`;
    throw badValue(
      'a model that takes and gives luma as float32, of any size',
      '--after',
      `${wanted}, which takes ${colour} as ${type} of ${size} and gives ${outputType}`,
    );
  }
  return { name, scale, model: { file: path, sha256 } };
}

/** What a card and a checkpoint state of a first pass: everything except its file's path. */
export function firstPassFacts({ name, model, scale }: FirstPass): NonNullable<ModelCard['after']> {
  return { name, ...(model === undefined ? {} : { sha256: model.sha256 }), scale };
}

/** Sessions of this thread by the model's hash. */
const sessions = new Map<string, Promise<InferenceSession>>();

/** The first pass's enlargement of an 8-bit luma plane, rounded and clipped. */
export async function runFirstPass({ model, scale }: FirstPass, low: Plane): Promise<Plane> {
  const { width, height } = enlargedSize(low, scale);
  if (model === undefined) return resizePlane(low, width, height);
  let opened = sessions.get(model.sha256);
  if (opened === undefined) {
    opened = readFile(model.file).then((bytes) => openSession(bytes));
    sessions.set(model.sha256, opened);
  }
  const session = await opened;
  const { Tensor } = await onnxRuntime();
  const x = Float32Array.from(low.data, (value) => value / 255);
  const input = new Tensor('float32', x, [1, 1, low.height, low.width]);
  const results = await session.run({ [session.inputNames[0]!]: input });
  const y = results[session.outputNames[0]!]!.data as Float32Array;
  // Rounds to nearest and clips.
  const data = new Uint8ClampedArray(y.length);
  for (let i = 0; i < y.length; i++) data[i] = y[i]! * 255;
  return { data: new Uint8Array(data.buffer), width, height };
}
