import type { Network } from '../../src/model/language/network.js';
import type { Plane } from '../../src/planes/plane.js';
import type { Random } from '../../src/training/base/random.js';
import type { SeenField } from './seen-field.js';

/** A network of the comparison. */
export type Trial = {
  readonly network: Network;
  /** The gradient graph: inputs `x`, `t` and `weights`, outputs `loss` and `gradient`. */
  readonly model: Uint8Array;
  /** Shapes of `x` and `t`. */
  readonly shapes: { readonly x: readonly number[]; readonly t: readonly number[] };
  /** Cuts a patch out of a field at random, into place `slot` of both inputs. */
  readonly cut: (
    seen: SeenField,
    random: Random,
    x: Float32Array,
    t: Float32Array,
    slot: number,
  ) => void;
  /** The enlarged picture. */
  readonly enlarge: (seen: SeenField, weights: Float32Array) => Promise<Plane>;
};
