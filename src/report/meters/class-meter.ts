import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { messageOf, VsrError } from '../../errors.js';
import { exists } from '../../files/what-is-there.js';
import type { Runtime } from '../../model/runtime/onnx-runtime.js';
import { openSession } from '../../model/runtime/session.js';
import type { RgbPicture } from '../rgb-picture.js';
import { planesOfRgb } from './rgb-tensor.js';

/** Classifies pictures by a network of the user's. Holds a session until disposed. */
export class ClassMeter implements AsyncDisposable {
  readonly #file: string;
  readonly #ort: Runtime;
  readonly #session: InferenceSession;

  private constructor(file: string, ort: Runtime, session: InferenceSession) {
    this.#file = file;
    this.#ort = ort;
    this.#session = session;
  }

  /**
   * Opens the ONNX file `file`, which gives a value for each class, [1, C] or [1, C, 1, 1], for RGB
   * in 0..1, [1, 3, H, W] of any size. Throws VsrError `model` for another network.
   */
  static async open(file: string): Promise<ClassMeter> {
    const bytes = await readFile(file).catch(async (cause: unknown) => {
      const why = (await exists(file)) ? `cannot be read: ${messageOf(cause)}` : 'does not exist';
      throw new VsrError('model', `The classifier ${file} ${why}.`, { cause });
    });
    const { ort, session } = await openSession(bytes, [{ name: 'cpu', device: 0 }]).catch(
      (cause: unknown) => {
        throw new VsrError('model', `The classifier ${file} is no network that runs here.`, {
          cause,
        });
      },
    );
    const [input, ...others] = session.inputMetadata;
    const isPicture =
      input !== undefined && input.isTensor && input.shape.length === 4 && input.shape[1] === 3;
    if (isPicture && others.length === 0 && session.outputNames.length === 1) {
      return new ClassMeter(file, ort, session);
    }
    await session.release();
    throw new VsrError(
      'model',
      `Expected a classifier of one RGB picture [1, 3, H, W] with one output in ${file}.`,
    );
  }

  /** The number of a picture's likeliest class. */
  async classOf(picture: RgbPicture): Promise<number> {
    const { width, height } = picture;
    const [input] = this.#session.inputNames as [string];
    const rgb = planesOfRgb(picture, { left: 0, top: 0, width, height });
    const tensor = new this.#ort.Tensor('float32', rgb, [1, 3, height, width]);
    const results = await this.#session.run({ [input]: tensor }).catch((cause: unknown) => {
      throw new VsrError(
        'model',
        `The classifier ${this.#file} does not take a picture of ${width}x${height}: it must take any size.`,
        { cause },
      );
    });
    const values = results[this.#session.outputNames[0]!]!.data as Float32Array;
    return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
