import { enlarged } from '../../planes/enlarged.js';
import { planeOf } from '../../planes/frame.js';
import type { Plane } from '../../planes/plane.js';
import { BICUBIC_REACH, type Enlargement, largerRows } from '../bicubic/larger-rows.js';
import { CELL, type CellMap, spread } from '../reuse/changed-cells.js';
import {
  BICUBIC,
  BLENDED,
  type CellKinds,
  cellKinds,
  cellsOf,
  NETWORK,
  runsToBlend,
} from './mask-cells.js';
import type { MaskPlanes } from './mask-planes.js';

/** Lets the network act within a mask alone; the rest of the picture is plain bicubic. */
export type MaskBlender = {
  /** Cells of the source in which something of the network's result shows. */
  readonly needed: CellMap;
  /** Cells of the source whose samples some bicubic result depends on. */
  readonly read: CellMap;
  /**
   * Blends the network's result, which is in `output`, with plain bicubic of `input`. Of luma, only
   * the cells that `among` marks, or all where it is `null`.
   */
  blend(input: Uint8Array, output: Uint8Array, among: CellMap | null): void;
};

/**
 * Prepares blending by the mask's shares s, 0 to 255: each sample becomes
 * (s network + (255 - s) bicubic) / 255, rounded. Where s is 255 or 0, it is the network's or
 * bicubic's to the bit.
 */
export function maskBlender(mask: MaskPlanes, made: Enlargement): MaskBlender {
  const { layout, larger, scale } = made;
  const kindsOf = (shares: Plane, number: number): CellKinds => {
    const { width, height } = layout.planes[number]!;
    return cellKinds(shares, width, height, scale);
  };
  const kinds = kindsOf(mask.luma, 0);
  const planes = [{ number: 0, shares: mask.luma, kinds, blend: planeBlender(made, 0) }];
  if (mask.chroma !== null) {
    const [shares, ofChroma] = [mask.chroma, kindsOf(mask.chroma, 1)];
    for (const number of [1, 2]) {
      planes.push({ number, shares, kinds: ofChroma, blend: planeBlender(made, number) });
    }
  }
  return {
    needed: cellsOf(kinds, BLENDED, NETWORK),
    read: spread(cellsOf(kinds, BICUBIC, BLENDED), BICUBIC_REACH),
    blend(input, output, among) {
      for (const { number, shares, kinds, blend } of planes) {
        const target = planeOf(output, larger, number);
        blend(planeOf(input, layout, number), target, shares, kinds, number === 0 ? among : null);
      }
    },
  };
}

/** Prepares blending of plane `number`. */
function planeBlender(made: Enlargement, number: number) {
  const { layout, larger, scale } = made;
  const source = layout.planes[number]!;
  const bicubic = largerRows(made, number);
  // Chroma of a picture of odd size becomes wider than the larger plane; the rest is dropped.
  const length = Math.ceil(source.width * scale);
  const row = layout.sampleBytes === 1 ? new Uint8Array(length) : new Uint16Array(length);
  const { width, height } = larger.planes[number]!;
  return (
    plane: Plane,
    { data }: Plane,
    shares: Plane,
    kinds: CellKinds,
    among: CellMap | null,
  ): void => {
    bicubic.begin(plane);
    for (let cell = 0; cell < kinds.rows; cell++) {
      const end = Math.min(height, enlarged((cell + 1) * CELL, scale));
      for (const { kind, from, to } of runsToBlend(kinds, cell, among)) {
        const [x0, x1] = [from * CELL, Math.min(source.width, to * CELL)];
        const left = enlarged(x0, scale);
        const count = Math.min(width, enlarged(x1, scale)) - left;
        for (let y = enlarged(cell * CELL, scale); y < end; y++) {
          bicubic.row(y, x0, x1, row, 0);
          const at = y * width + left;
          if (kind === BICUBIC) data.set(row.subarray(0, count), at);
          else blendRow(data, shares.data, row, at, count);
        }
      }
    }
  };
}

/** Blends `count` samples of `data` from `at` on with those at the beginning of `bicubic`. */
function blendRow(
  data: Plane['data'],
  shares: Plane['data'],
  bicubic: Plane['data'],
  at: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const share = shares[at + i]!;
    // 255 is odd, so no sum lies half-way between two whole numbers.
    data[at + i] = (data[at + i]! * share + bicubic[i]! * (255 - share) + 127) / 255;
  }
}
