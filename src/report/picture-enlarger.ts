import type { Chain } from '../model/chain.js';
import { buildInferenceGraph } from '../model/inference-graph.js';
import { candidatesFor, type ProviderChoice } from '../model/providers.js';
import { openSession } from '../model/session.js';
import type { Plane } from '../planes/plane.js';
import { LumaRunner } from '../upscale/luma-runner.js';
import { planStrips } from '../upscale/strips.js';

/** Enlarges 8-bit luma planes of any size, by the same graph and strips as clips. */
export type PictureEnlarger = {
  readonly enlarge: (plane: Plane) => Promise<Plane>;
  readonly provider: string;
};

/** Opens one session for pictures of all sizes. */
export async function openPictureEnlarger(
  chain: Chain,
  provider: ProviderChoice,
): Promise<PictureEnlarger> {
  const graph = buildInferenceGraph(chain.passes, 8);
  const opened = await openSession(graph.bytes, candidatesFor(provider));
  const runner = new LumaRunner(opened.ort, opened.session, graph);
  return {
    provider: opened.provider.name,
    async enlarge(plane) {
      const width = plane.width * graph.scale;
      const height = plane.height * graph.scale;
      const target = { data: new Uint8Array(width * height), width, height };
      for (const strip of planStrips(plane.width, plane.height, graph)) {
        await runner.run(plane, strip, target);
      }
      return target;
    },
  };
}
