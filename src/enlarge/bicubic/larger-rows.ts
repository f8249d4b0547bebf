import { enlarged } from '../../planes/enlarged.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { resizePlane } from '../../planes/resize.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { enlargingTaps, sitingShift } from './bicubic-taps.js';
import type { PlaneEnlarger } from './enlarge-plane.js';
import { rowEnlarger } from './row-enlarger.js';

/** How far, in source samples each way, plain bicubic reads. */
export const BICUBIC_REACH = 2;

/** What is enlarged: frames of `layout` to frames of `larger`, `scale` times each way. */
export type Enlargement = {
  readonly layout: FrameLayout;
  readonly larger: FrameLayout;
  readonly scale: number;
  readonly siting: ChromaSiting;
};

/** Prepares plain bicubic enlarging of plane `number` by rows, at whole scales and at 3/2. */
export function largerRows(made: Enlargement, number: number): PlaneEnlarger {
  const { layout, scale, siting } = made;
  const { chroma, bitDepth } = layout.format;
  const isChroma = chroma !== null && (number === 1 || number === 2);
  /** In quarters of a larger sample. */
  const shiftX = isChroma && chroma.log2X === 1 ? sitingShift(scale, siting, 'x') : 0;
  const shiftY = isChroma && chroma.log2Y === 1 ? sitingShift(scale, siting, 'y') : 0;
  if (!Number.isInteger(scale)) return fractionRows(made, number, { shiftX, shiftY });
  const { width } = layout.planes[number]!;
  return rowEnlarger(enlargingTaps(scale, shiftX), enlargingTaps(scale, shiftY), width, bitDepth);
}

/** In plain code, which computes the whole plane for each frame. */
function fractionRows(
  { layout, larger, scale }: Enlargement,
  number: number,
  { shiftX, shiftY }: { readonly shiftX: number; readonly shiftY: number },
): PlaneEnlarger {
  const { width, height } = larger.planes[number]!;
  const inSource = (quarters: number): number => quarters / (4 * scale);
  let whole: Uint8Array | Uint16Array | undefined;
  return {
    begin(source) {
      whole = resizePlane(source, width, height, layout.format.bitDepth, {
        scale,
        shiftX: inSource(shiftX),
        shiftY: inSource(shiftY),
      }).data;
    },
    row(row, x0, x1, target, offset) {
      if (whole === undefined) throw new Error('row() was called before begin()');
      const end = Math.min(width, enlarged(x1, scale));
      target.set(whole.subarray(row * width + enlarged(x0, scale), row * width + end), offset);
    },
  };
}
