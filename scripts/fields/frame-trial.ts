import { networkOf } from '../../src/model/architectures/list.js';
import { blockSize } from '../../src/training/gradient/block-size.js';
import { openEnlarger } from '../../src/training/gradient/enlarge.js';
import {
  buildGradientModel,
  sourceShape,
  targetShape,
} from '../../src/training/gradient/gradient-graph.js';
import { PatchSource, patchShapeOf } from '../../src/training/pictures/patches.js';
import { sharePlane } from '../../src/training/pictures/picture.js';
import type { SeenField } from './seen-field.js';
import type { Trial } from './trial.js';

/** Low-resolution samples each way of a patch. */
const patch = 40;

/** espcn-32 on what the deinterlacer makes. */
export async function frameTrial(patches: number): Promise<Trial> {
  const network = networkOf('espcn-32', 2);
  const batch = { patches, patch };
  const shape = patchShapeOf(network, patch);
  const sources = new WeakMap<SeenField, PatchSource>();
  const enlarge = await openEnlarger(network);
  return {
    network,
    model: buildGradientModel(network, batch, 'charbonnier', await blockSize()),
    shapes: { x: sourceShape(network, batch), t: targetShape(network, batch) },
    cut(seen, random, x, t, slot) {
      let source = sources.get(seen);
      if (source === undefined) {
        const { made, truth } = seen;
        const planes = { low: [sharePlane(made)], high: [sharePlane(truth)] };
        source = new PatchSource([{ name: '', ...planes, strength: 0, turns: 4 }], shape);
        sources.set(seen, source);
      }
      source.cut([Math.floor(random() * 2 ** 31)], x, t, slot);
    },
    async enlarge({ made }, weights) {
      return (await enlarge([made], weights))[0]!;
    },
  };
}
