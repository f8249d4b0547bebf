import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { Runtime } from '../../model/runtime/onnx-runtime.js';
import { openSession } from '../../model/runtime/session.js';
import { packageRoot } from '../../package-root.js';
import type { RgbPicture } from '../rgb-picture.js';
import { cutWithin } from './cut-within.js';
import { planesOfRgb } from './rgb-tensor.js';

/** The network that ships, and the outputs that are compared: those of all its fire modules. */
const shipped = {
  file: 'models/features/squeezenet10.onnx',
  outputs: ['fire2', 'fire3', 'fire4', 'fire5', 'fire6', 'fire7', 'fire8', 'fire9'],
};

/** Side of the smallest picture, in samples, for which every output has a position. */
const smallestSide = 32;

/**
 * Largest side, in samples, that the network gets at once: larger pictures are measured in parts.
 */
const largestSide = 1024;

/** Keeps a vector of zeros from being divided by zero; the value is that of LPIPS. */
const epsilon = 1e-10;

/** The features of a picture: of each part and output, vectors of length 1. */
export type Looks = {
  readonly layers: readonly {
    /** Channel after channel, each of `positions` values. */
    readonly values: Float32Array;
    readonly positions: number;
  }[];
  /** Number of parts of the picture. */
  readonly parts: number;
};

/** Where equal parts of at most `largestSide` samples begin that cover `extent`. */
function partsOf(extent: number): { readonly size: number; readonly starts: readonly number[] } {
  const count = Math.ceil(extent / largestSide);
  const size = Math.ceil(extent / count);
  const starts = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (extent - size)) / (count - 1)),
  );
  return { size, starts };
}

/** Brings each position's vector over the channels to length 1, in place. */
function normalise(values: Float32Array, positions: number): void {
  const lengths = new Float64Array(positions);
  for (let i = 0; i < values.length; i += positions) {
    for (let p = 0; p < positions; p++) lengths[p]! += values[i + p]! ** 2;
  }
  for (let p = 0; p < positions; p++) lengths[p] = Math.sqrt(lengths[p]!) + epsilon;
  for (let i = 0; i < values.length; i += positions) {
    for (let p = 0; p < positions; p++) values[i + p]! /= lengths[p]!;
  }
}

/**
 * How far two pictures are apart as a network sees them, 0 for equal ones: of each output the
 * squared difference of vectors of length 1, summed over channels and averaged over positions;
 * summed over outputs, averaged over parts. Both pictures must be of one size.
 *
 * Source: equation 1 of https://arxiv.org/abs/1801.03924, without the weights learnt there.
 */
export function featureDistance(a: Looks, b: Looks): number {
  let sum = 0;
  for (const [i, { values, positions }] of a.layers.entries()) {
    const others = b.layers[i]!.values;
    if (others.length !== values.length) throw new RangeError('pictures of one size are compared');
    let squares = 0;
    for (let k = 0; k < values.length; k++) squares += (values[k]! - others[k]!) ** 2;
    sum += squares / positions;
  }
  return sum / a.parts;
}

/** A picture without `border` samples on each side, less where it is too small for that. */
export function withoutBorder(picture: RgbPicture, border: number): RgbPicture {
  const cut = cutWithin(picture, border);
  const width = picture.width - 2 * cut;
  const height = picture.height - 2 * cut;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = 3 * ((y + cut) * picture.width + cut);
    data.set(picture.data.subarray(start, start + 3 * width), 3 * y * width);
  }
  return { data, width, height };
}

/** Computes features of pictures. Holds a session until disposed. */
export class FeatureMeter implements AsyncDisposable {
  readonly #ort: Runtime;
  readonly #session: InferenceSession;
  readonly #outputs: readonly string[];

  private constructor(ort: Runtime, session: InferenceSession, outputs: readonly string[]) {
    this.#ort = ort;
    this.#session = session;
    this.#outputs = outputs;
  }

  /**
   * Opens the network that ships, or the ONNX file `bytes`, of which all outputs are compared: it
   * must give [1, C, h, w] for RGB [1, 3, H, W] of any size, in 0..1.
   */
  static async open(bytes?: Uint8Array): Promise<FeatureMeter> {
    const model = bytes ?? (await readFile(path.join(packageRoot(), shipped.file)));
    const { ort, session } = await openSession(model, [{ name: 'cpu', device: 0 }]);
    const outputs = bytes === undefined ? shipped.outputs : session.outputNames;
    return new FeatureMeter(ort, session, outputs);
  }

  /** The features of a picture; `null` for one smaller than 32 samples each way. */
  async looksOf(picture: RgbPicture): Promise<Looks | null> {
    if (Math.min(picture.width, picture.height) < smallestSide) return null;
    const across = partsOf(picture.width);
    const down = partsOf(picture.height);
    const [input] = this.#session.inputNames as [string];
    const dims = [1, 3, down.size, across.size];
    const layers: { values: Float32Array; positions: number }[] = [];
    for (const top of down.starts) {
      for (const left of across.starts) {
        const [width, height] = [across.size, down.size];
        const rgb = planesOfRgb(picture, { left, top, width, height });
        const tensor = new this.#ort.Tensor('float32', rgb, dims);
        const results = await this.#session.run({ [input]: tensor }, this.#outputs);
        for (const name of this.#outputs) {
          const { data, dims: shape } = results[name]!;
          const values = data as Float32Array;
          const positions = shape.slice(2).reduce((product, extent) => product * extent, 1);
          normalise(values, positions);
          layers.push({ values, positions });
        }
      }
    }
    return { layers, parts: across.starts.length * down.starts.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
