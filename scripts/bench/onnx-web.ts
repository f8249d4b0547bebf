import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The part of onnxruntime-web that is used. It is no dependency: the benchmark installs it.
 */
type Web = {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads: number };
  };
  readonly InferenceSession: {
    create(
      file: string,
      options: object,
    ): Promise<{ run(feeds: object): Promise<Record<string, { dims: readonly number[] }>> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
};

/**
 * A program: `onnx-web.js <folder> <model> <width> <height> <runs>` runs an ONNX file in
 * WebAssembly on one thread and prints the CPU milliseconds of its fastest run as JSON. `folder`
 * holds the package.
 */
const [, , folder, model, ...numbers] = process.argv;
const [width, height, runs] = numbers.map(Number) as [number, number, number];
const entry = path.join(folder!, 'node_modules/onnxruntime-web/dist/ort.node.min.mjs');
const web = (await import(pathToFileURL(entry).href)) as Web;
web.env.wasm.numThreads = 1;
const session = await web.InferenceSession.create(model!, { executionProviders: ['wasm'] });
const data = Float32Array.from(
  { length: width * height },
  (_, i) => ((i * 2654435761) >>> 24) / 255,
);
const x = new web.Tensor('float32', data, [1, 1, height, width]);
let ms = Infinity;
let shape: readonly number[] = [];
for (let i = 0; i <= runs; i++) {
  const before = process.cpuUsage();
  const results = await session.run({ x });
  const { user, system } = process.cpuUsage(before);
  ms = Math.min(ms, (user + system) / 1000);
  shape = Object.values(results)[0]!.dims;
}
process.stdout.write(JSON.stringify({ ms, version: web.env.versions.web ?? '', shape }));
