import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { buildInferenceGraph } from '../../src/model/load/inference-graph.js';
import { frameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { chromaEnlarger } from '../../src/enlarge/chroma/enlarge-chroma.js';

const ort = await onnxRuntime();

/**
 * A program whose CPU time is the least that vsr could take: `bare-session.js <width> <height>
 * <frames> <model>` runs the session on whole frames of luma, and bicubic on chroma, on one thread;
 * nothing is read or written.
 */
const [width, height, frames] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const chain = await chooseChain(2, process.argv[5] ?? 'default', { kind: 'clean' });
const graph = buildInferenceGraph(chain.passes, 8, 'cpu');
const session = await ort.InferenceSession.create(graph.bytes, {
  intraOpNumThreads: 1,
  graphOptimizationLevel: 'all',
});
const layout = frameLayout(pixelFormats.get('yuv420p')!, width, height);
const larger = frameLayout(layout.format, width * 2, height * 2);
const chroma = chromaEnlarger(layout, larger, 2, { kernel: 'bicubic', siting: 'left' }, [1, 2]);
const frame = Uint8Array.from({ length: layout.byteLength }, (_, i) => (i * 2654435761) >>> 24);
const into = new Uint8Array(larger.byteLength);
const [w, h] = [width + 2 * graph.halo, height + 2 * graph.halo];
const luma = Uint8Array.from({ length: w * h }, (_, i) => (i * 2654435761) >>> 24);
const x = new ort.Tensor('uint8', luma, [1, 1, h, w]);
for (let i = 0; i < frames; i++) {
  await session.run({ x });
  chroma.enlarge(frame, into);
}
