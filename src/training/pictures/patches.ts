import type { Strength } from '../../media/compression/strength.js';
import { type Network, trainingReach } from '../../model/language/network.js';
import { lastShuffle } from '../../model/language/through-network.js';
import { ratioOf } from '../../model/language/ratio.js';
import type { Ratio } from '../../planes/ratio.js';
import type { Picture, SharedPlane } from './picture.js';
import { randomAt } from '../base/random.js';

/** How patches are cut. */
export type PatchShape = {
  readonly scale: number;
  /** Factor of the pixel shuffle at the network's end (see `lastShuffle`). */
  readonly shuffle: number;
  /** Low-resolution samples each way whose enlargement is compared. */
  readonly patch: number;
  /** Low-resolution samples of context on each side. */
  readonly reach: number;
};

/** How patches of `patch` low-resolution samples are cut for a network. */
export function patchShapeOf(network: Network, patch: number): PatchShape {
  const shuffle = lastShuffle(network);
  return { scale: network.scale, shuffle, patch, reach: trainingReach(network) };
}

/** Pictures to draw patches from; large ones are only a little likelier than small ones. */
export class PatchSource {
  readonly #pictures: readonly Picture[];
  readonly #shape: PatchShape;
  readonly #ratio: Ratio;
  /** Running sum of the pictures' shares. */
  readonly #shares: number[] = [];

  /** Pictures smaller than a patch are never drawn. */
  constructor(pictures: readonly Picture[], shape: PatchShape) {
    this.#pictures = pictures;
    this.#shape = shape;
    this.#ratio = ratioOf(shape.scale);
    let sum = 0;
    for (const { low } of pictures) {
      // The exponent makes pictures nearly equally likely. In proportion to room, large pictures
      // (soft per sample, since they come from cameras) outweigh small ones: Set14 falls by 0.1 dB.
      sum += roomFor(low[0]!, shape.patch) ** 0.2;
      this.#shares.push(sum);
    }
  }

  /** The sum of the pictures' shares; 0 if no patch fits anywhere. */
  get #total(): number {
    return this.#shares.at(-1) ?? 0;
  }

  /**
   * Cuts the patch that belongs to `place` (numbers such as seed, step and index: the same numbers
   * give the same patch), turned and mirrored at random as far as its picture may be.
   *
   * Writes into `x` at patch `slot` the low-resolution samples of each plane with their context
   * (borders repeated, as inference does), and into `t` the wanted samples shuffled back to
   * `shuffle`^2 channels per plane; both in 0..1. Returns how strongly its picture is compressed.
   */
  cut(place: readonly number[], x: Float32Array, t: Float32Array, slot: number): Strength {
    const { scale, shuffle, patch, reach } = this.#shape;
    const random = randomAt(...place);
    const { low, high, strength, turns = 8 } = this.#pictures[this.#pick(random() * this.#total)]!;
    const [{ width, height }] = low as readonly [SharedPlane];
    // Only places where a low-resolution sample and a sample of the enlargement begin together.
    const { den } = this.#ratio;
    const left = den * Math.floor(random() * (Math.floor((width - patch) / den) + 1));
    const top = den * Math.floor(random() * (Math.floor((height - patch) / den) + 1));
    const turn = Math.floor(random() * turns);
    const side = patch + 2 * reach;
    const wide = patch * scale;
    const columns = wide / shuffle;
    const area = columns * columns;
    // Sample (Y, X) of the enlargement comes from block place (Y mod s) s + (X mod s), each with
    // all planes (DepthToSpace, DCR).
    const toChannels = new Int32Array(wide);
    const rows = new Int32Array(wide);
    for (let i = 0; i < wide; i++) {
      const place = (i % shuffle) * area * low.length;
      toChannels[i] = place + Math.floor(i / shuffle);
      rows[i] = place * shuffle + Math.floor(i / shuffle) * columns;
    }
    for (const [c, plane] of low.entries()) {
      const from = (slot * low.length + c) * side * side;
      const input = x.subarray(from, from + side * side);
      cutTurned(
        plane,
        { left: left - reach, top: top - reach, side },
        turn,
        (i, value) => (input[i] = value),
      );
      const target = t.subarray(slot * low.length * wide * wide + c * area);
      let column = 0;
      let row = 0;
      cutTurned(
        high[c]!,
        { left: left * scale, top: top * scale, side: wide },
        turn,
        (_, value) => {
          target[rows[row]! + toChannels[column]!] = value;
          if (++column === wide) {
            column = 0;
            row++;
          }
        },
      );
    }
    return strength;
  }

  /** The picture in whose share `at` lies. */
  #pick(at: number): number {
    let low = 0;
    let high = this.#shares.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#shares[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Number of places at which a patch may lie in a plane; 0 if the plane is too small. */
export function roomFor(low: { width: number; height: number }, patch: number): number {
  return Math.max(0, low.width - patch + 1) * Math.max(0, low.height - patch + 1);
}

/**
 * Visits a square of `side` samples at (left, top) in one of the eight orientations, row by row of
 * the turned square, values in 0..1. Samples outside the plane repeat its border.
 */
function cutTurned(
  plane: SharedPlane,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
  turn: number,
  visit: (index: number, value: number) => void,
): void {
  const { data, width, height } = plane;
  const columns = new Int32Array(side);
  const rows = new Int32Array(side);
  for (let i = 0; i < side; i++) {
    const x = left + ((turn & 1) === 0 ? i : side - 1 - i);
    const y = top + ((turn & 2) === 0 ? i : side - 1 - i);
    columns[i] = x < 0 ? 0 : x >= width ? width - 1 : x;
    rows[i] = (y < 0 ? 0 : y >= height ? height - 1 : y) * width;
  }
  const exchanged = (turn & 4) !== 0;
  for (let v = 0, i = 0; v < side; v++) {
    for (let u = 0; u < side; u++, i++) {
      const at = exchanged ? columns[v]! + rows[u]! : columns[u]! + rows[v]!;
      visit(i, data[at]! / 255);
    }
  }
}
