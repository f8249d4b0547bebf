import { type Network, parameterCount, reachOf } from '../../model/language/network.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import type { Plane } from '../../planes/plane.js';
import { buildForwardModel } from './gradient-graph.js';
import { cpu, floatTensor, openSession } from '../base/session.js';

/** Low-resolution samples each way that are enlarged at once. */
const side = 64;

/** Enlarges an 8-bit luma plane with the weights given; the result is rounded and clipped. */
export type Enlarge = (low: Plane, weights: Float32Array) => Promise<Plane>;

/** Prepares to enlarge whole pictures by weights that change between calls; one session for all. */
export async function openEnlarger(
  network: Network,
  provider: ProviderCandidate = cpu,
): Promise<Enlarge> {
  const { scale } = network;
  const reach = reachOf(network);
  const session = await openSession(buildForwardModel(network, side), provider);
  const wide = side + 2 * reach;
  const x = await floatTensor([1, 1, wide, wide]);
  const parameters = await floatTensor([parameterCount(network)]);
  const y = await floatTensor([1, scale * scale, side, side]);
  const feeds = { x: x.tensor, weights: parameters.tensor };

  return async (low, weights) => {
    parameters.data.set(weights);
    const width = low.width * scale;
    const data = new Uint8Array(width * low.height * scale);
    for (let top = 0; top < low.height; top += side) {
      for (let left = 0; left < low.width; left += side) {
        fillSquare(low, left - reach, top - reach, wide, x.data);
        await session.run(feeds, { y: y.tensor });
        const across = Math.min(side, low.width - left);
        const down = Math.min(side, low.height - top);
        for (let v = 0; v < down * scale; v++) {
          let to = (top * scale + v) * width + left * scale;
          const row = Math.floor(v / scale) * side;
          for (let u = 0; u < across * scale; u++, to++) {
            const channel = (v % scale) * scale + (u % scale);
            const value = y.data[channel * side * side + row + Math.floor(u / scale)]! * 255;
            data[to] = value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
          }
        }
      }
    }
    return { data, width, height: low.height * scale };
  };
}

/** Copies a square into `x` as 0..1; samples outside the plane repeat its border. */
function fillSquare(low: Plane, left: number, top: number, wide: number, x: Float32Array): void {
  for (let v = 0, i = 0; v < wide; v++) {
    const row = Math.min(low.height - 1, Math.max(0, top + v)) * low.width;
    for (let u = 0; u < wide; u++, i++) {
      x[i] = low.data[row + Math.min(low.width - 1, Math.max(0, left + u))]! / 255;
    }
  }
}
