import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { RawImage } from '../../src/media/still/bmp.js';

/**
 * Packages that the benchmark installs; none of them is a dependency. UpscalerJS 1.0.0 requires
 * this version of TensorFlow.js.
 */
export const upscalerJsPackages = [
  'upscaler@1.0.0',
  '@tensorflow/tfjs@~4.11.0',
  '@tensorflow/tfjs-backend-wasm@~4.11.0',
];

type Tensor = {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
};

/** The part of TensorFlow.js that is used. */
type Tensorflow = {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  tensor3d(values: Uint8Array, shape: readonly number[]): Tensor;
};

/** The part of TensorFlow.js's WebAssembly backend that is used. */
type WasmBackend = {
  setThreadsCount(count: number): void;
  setWasmPaths(folder: string): void;
};

/** The part of UpscalerJS that is used: its class takes a model's definition and weights. */
type UpscalerClass = new (options: { model: object }) => {
  execute(picture: Tensor, options: { output: 'tensor' }): Promise<Tensor>;
};

type ModelFile = {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: string[]; readonly weights: object[] }[];
};

/** UpscalerJS with its default model. */
export type UpscalerJs = {
  /** Version, model and backend, for a table. */
  readonly what: string;
  /** Doubles an RGB picture. */
  readonly enlarge: (picture: RawImage) => Promise<RawImage>;
};

/**
 * Opens the UpscalerJS installed in `folder`, in WebAssembly on one thread. Its build for Node
 * needs tfjs-node, whose installation downloads a binary; so this is its build for browsers, which
 * runs in Node as long as it is given tensors.
 */
export async function openUpscalerJs(folder: string): Promise<UpscalerJs> {
  const modules = path.join(folder, 'node_modules');
  const require = createRequire(path.join(folder, 'none.js'));
  const tf = require('@tensorflow/tfjs') as Tensorflow;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as WasmBackend;
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(`${path.join(modules, '@tensorflow/tfjs-backend-wasm/dist')}${path.sep}`);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js has no WebAssembly here');
  const build = path.join(modules, 'upscaler/dist/browser/umd/upscaler.min.js');
  const Upscaler = require(build) as UpscalerClass;
  const definition = require('@upscalerjs/default-model') as object;
  const about = await readFile(path.join(modules, 'upscaler/package.json'), 'utf8');
  const { version } = JSON.parse(about) as { version: string };
  const weights = await modelOf(path.join(modules, '@upscalerjs/default-model/models'));
  const upscaler = new Upscaler({ model: { ...definition, path: weights } });
  return {
    what: `UpscalerJS ${version}, its default model (ESRGAN Slim, RGB), TensorFlow.js ${tf.version.tfjs} in WebAssembly`,
    async enlarge({ data, width, height }) {
      const picture = tf.tensor3d(data, [height, width, 3]);
      const larger = await upscaler.execute(picture, { output: 'tensor' });
      const values = await larger.data();
      const [rows, columns] = larger.shape as [number, number];
      picture.dispose();
      larger.dispose();
      // Clamped, so that values outside 0 to 255 do not wrap around; the array rounds them, too.
      const bytes = new Uint8Array(Uint8ClampedArray.from(values).buffer);
      return { data: bytes, width: columns, height: rows, channels: 3 };
    },
  };
}

/** A loader of the model's files: without tfjs-node, TensorFlow.js only loads from URLs. */
async function modelOf(folder: string): Promise<object> {
  const text = await readFile(path.join(folder, 'model.json'), 'utf8');
  const { modelTopology, weightsManifest } = JSON.parse(text) as ModelFile;
  const shards = weightsManifest.flatMap(({ paths }) => paths);
  const bytes = await Promise.all(shards.map((name) => readFile(path.join(folder, name))));
  const weightData = new Uint8Array(Buffer.concat(bytes)).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }) };
}
