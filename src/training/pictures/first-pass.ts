import type { InferenceSession } from 'onnxruntime-node';
import { readFile } from 'node:fs/promises';
import { badValue } from '../../errors.js';
import { chooseModel } from '../../model/catalogue/chain.js';
import type { Plane } from '../../planes/plane.js';
import { onnxRuntime } from '../../model/runtime/onnx-runtime.js';
import { openSession } from '../base/session.js';

/** The model whose output a network for the second of two chained passes is trained on. */
export type FirstPass = {
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly file: string;
  /** Of that file, in hex. */
  readonly sha256: string;
  readonly scale: number;
};

/**
 * The first pass by a name of the catalogue or a model file. One that takes anything but luma as
 * float32, of any size, is a VsrError 'option'.
 */
export async function firstPassOf(wanted: string): Promise<FirstPass> {
  const { name, path, sha256, scale, colour, type, outputType, fixed } = await chooseModel(wanted);
  if (colour !== 'luma' || type !== 'float32' || outputType !== 'float32' || fixed !== null) {
    const size = fixed === null ? 'any size' : `${fixed.width}x${fixed.height}`;
    throw badValue(
      'a model that takes and gives luma as float32, of any size',
      '--after',
      `${wanted}, which takes ${colour} as ${type} of ${size} and gives ${outputType}`,
    );
  }
  return { name, file: path, sha256, scale };
}

/** What a card and a checkpoint keep of a first pass: not where its file lies. */
export function firstPassFacts({ name, sha256, scale }: FirstPass): Omit<FirstPass, 'file'> {
  return { name, sha256, scale };
}

/** Sessions of this thread by the model's hash. */
const sessions = new Map<string, Promise<InferenceSession>>();

/** What the first pass makes of an 8-bit luma plane, rounded and clipped. */
export async function runFirstPass(pass: FirstPass, low: Plane): Promise<Plane> {
  let opened = sessions.get(pass.sha256);
  if (opened === undefined) {
    opened = readFile(pass.file).then((bytes) => openSession(bytes));
    sessions.set(pass.sha256, opened);
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
  return {
    data: new Uint8Array(data.buffer),
    width: low.width * pass.scale,
    height: low.height * pass.scale,
  };
}
