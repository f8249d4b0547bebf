import { type Discriminator, judgingParameters } from '../../model/discriminators/discriminator.js';
import {
  type Network,
  parametersOf,
  type Placed,
  type Weights,
} from '../../model/language/network.js';
import { normals, randomAt } from '../base/random.js';

/** The names of ways to draw the first weights. */
export const inits = ['he', 'xavier', 'normal'] as const;

/** How the first weights are drawn. */
export type Init =
  | { readonly kind: Exclude<(typeof inits)[number], 'normal'> }
  | { readonly kind: 'normal'; readonly deviation: number };

/**
 * Gain of each random list of `parametersOf`, by which its layer scales its input at the start; 0
 * for lists that are not random. It is sqrt(2) where a relu drops half of the values, and 0.1 where
 * the result is added to something that is nearly right already: in the last layer of a network
 * with a skip, or of a residual block.
 */
export function initialGains(network: Network): number[] {
  const lists = parametersOf(network);
  const last = lists.findLastIndex(({ fans }) => fans !== undefined);
  return lists.map(({ fans, small = false }, i) => {
    if (fans === undefined) return 0;
    if (small || (i === last && network.skip !== 'none')) return 0.1;
    return i === last ? 1 : Math.SQRT2;
  });
}

/**
 * Random weights to start from, normally distributed; biases 0. The deviation is
 *
 * - `he`: `initialGains` / sqrt(fan-in) (He et al., https://arxiv.org/abs/1502.01852);
 * - `xavier`: sqrt(2 / (fan-in + fan-out)) (https://proceedings.mlr.press/v9/glorot10a.html);
 * - `normal`: the same everywhere.
 */
export function initialWeights(
  network: Network,
  seed: number,
  init: Init = { kind: 'he' },
): Weights {
  return randomLists(parametersOf(network), initialGains(network), [seed, 0x77], init);
}

/**
 * Random weights for a discriminator of pictures of `channels` channels, by He's rule. Its last
 * layer begins with a gain of 0.1, so that its first verdicts are near 0: undecided.
 */
export function initialJudge(
  discriminator: Discriminator,
  channels: number,
  seed: number,
): Weights {
  const lists = judgingParameters(discriminator, channels);
  const last = lists.findLastIndex(({ fans }) => fans !== undefined);
  const gains = lists.map((_, i) => (i === last ? 0.1 : Math.SQRT2));
  return randomLists(lists, gains, [seed, 0x6a], { kind: 'he' });
}

/** Random lists, each from its own random stream: `stream`, then the list's number. */
function randomLists(
  lists: readonly Placed[],
  gains: readonly number[],
  stream: readonly number[],
  init: Init,
): Weights {
  const weights = new Float32Array(lists.reduce((sum, { size }) => sum + size, 0));
  let number = 0;
  lists.forEach(({ fans, fill = 0, offset, size }, i) => {
    const values = weights.subarray(offset, offset + size);
    if (fans === undefined) {
      values.fill(fill);
      return;
    }
    const he = gains[i]! / Math.sqrt(fans.in);
    const others = init.kind === 'xavier' ? Math.sqrt(2 / (fans.in + fans.out)) : he;
    const deviation = 'deviation' in init ? init.deviation : others;
    const normal = normals(randomAt(...stream, number++));
    for (let k = 0; k < size; k++) values[k] = normal() * deviation;
  });
  return weights;
}
