import {
  alignmentOf,
  channelsOf,
  type Network,
  parameterCount,
  reachOf,
} from '../../model/language/network.js';
import { lastShuffle } from '../../model/language/through-network.js';
import type { Strength } from '../../media/compression/strength.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import { enlarged } from '../../planes/enlarged.js';
import type { Plane } from '../../planes/plane.js';
import { buildForwardModel, sourceShape, targetShape } from './gradient-graph.js';
import { cpu, floatTensor, openSession } from '../base/session.js';

/** Least side, in low-resolution samples, of the squares that are enlarged one after another. */
const least = 64;

/**
 * Enlarges 8-bit planes, as many as the network takes, with the given weights; the result is
 * rounded and clipped. `strength` says to networks with a dial how strongly the picture is
 * compressed; default 0.
 */
export type Enlarge = (
  low: readonly Plane[],
  weights: Float32Array,
  strength?: Strength,
) => Promise<Plane[]>;

/** Prepares enlarging whole pictures, with one session for weights that change between calls. */
export async function openEnlarger(
  network: Network,
  provider: ProviderCandidate = cpu,
): Promise<Enlarge> {
  const { scale } = network;
  const align = alignmentOf(network);
  const side = Math.ceil(least / align) * align;
  const reach = reachOf(network);
  const channels = channelsOf(network);
  const shuffle = lastShuffle(network);
  const session = await openSession(buildForwardModel(network, side), provider);
  const wide = side + 2 * reach;
  const square = { patches: 1, patch: side };
  const x = await floatTensor(sourceShape(network, square, reach));
  const parameters = await floatTensor([parameterCount(network)]);
  const y = await floatTensor(targetShape(network, square));
  const columns = (side * scale) / shuffle;
  const dial = network.strength === true ? await floatTensor([1]) : null;
  const feeds = {
    ...{ x: x.tensor, weights: parameters.tensor },
    ...(dial === null ? {} : { strength: dial.tensor }),
  };

  return async (low, weights, strength = 0) => {
    parameters.data.set(weights);
    dial?.data.fill(strength);
    const [{ width: lowWidth, height: lowHeight }] = low as readonly [Plane];
    const [width, height] = [lowWidth, lowHeight].map((extent) => enlarged(extent, scale)) as [
      number,
      number,
    ];
    const larger = low.map(() => ({ data: new Uint8Array(width * height), width, height }));
    for (let top = 0; top < lowHeight; top += side) {
      for (let left = 0; left < lowWidth; left += side) {
        low.forEach((plane, c) => {
          const square = x.data.subarray(c * wide * wide, (c + 1) * wide * wide);
          fillSquare(plane, left - reach, top - reach, wide, square);
        });
        await session.run(feeds, { y: y.tensor });
        const across = enlarged(Math.min(side, lowWidth - left), scale);
        const down = enlarged(Math.min(side, lowHeight - top), scale);
        larger.forEach(({ data }, c) => {
          for (let v = 0; v < down; v++) {
            let to = (top * scale + v) * width + left * scale;
            const row = Math.floor(v / shuffle) * columns;
            for (let u = 0; u < across; u++, to++) {
              const channel = ((v % shuffle) * shuffle + (u % shuffle)) * channels + c;
              const at = channel * columns * columns + row + Math.floor(u / shuffle);
              const value = y.data[at]! * 255;
              data[to] = value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
            }
          }
        });
      }
    }
    return larger;
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
