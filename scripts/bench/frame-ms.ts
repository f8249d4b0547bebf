import { buildInferenceGraph, type GraphTarget } from '../../src/model/load/inference-graph.js';
import type { LoadedModel } from '../../src/model/load/load-model.js';
import { openSession } from '../../src/model/runtime/session.js';

/**
 * CPU milliseconds that the session of a model takes on one thread for 640x360 samples of 8 bit:
 * the fastest of many strips of 640x90, times four.
 */
export async function frameMs(
  model: LoadedModel,
  strips = 24,
  target: GraphTarget = 'cpu',
): Promise<number> {
  const graph = buildInferenceGraph([model], 8, target);
  const { ort, session } = await openSession(graph.bytes, [{ name: 'cpu', device: 0 }]);
  // A graph that pads its input takes the picture without a halo. Sizes are multiples of its grid.
  const halo = graph.border === 'valid' ? graph.halo : 0;
  const [width, height] = [640 + 2 * halo, Math.ceil(90 / graph.align) * graph.align + 2 * halo];
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 2654435761) >>> 24);
  const x = new ort.Tensor('uint8', data, [1, 1, height, width]);
  let best = Infinity;
  for (let i = 0; i < strips; i++) {
    const before = process.cpuUsage();
    await session.run({ x });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  await session.release();
  return best * 4;
}
