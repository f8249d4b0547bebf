import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { resizePlane } from '../../planes/resize.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { sitingShift } from './bicubic-taps.js';
import type { ChromaEnlarger } from './chroma-enlarger.js';

/**
 * Enlarges chroma and alpha at a scale such as 3/2, in plain code: the planes numbered `which` are
 * computed whole for each frame.
 */
export function fractionEnlarger(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  siting: ChromaSiting,
  which: readonly number[],
): ChromaEnlarger {
  const { chroma, bitDepth } = layout.format;
  /** In source samples. */
  const shift = (axis: 'x' | 'y'): number => sitingShift(scale, siting, axis) / (4 * scale);
  return {
    enlarge(frame, into) {
      for (const number of which) {
        const source = planeOf(frame, layout, number);
        const target = planeOf(into, larger, number);
        const isChroma = chroma !== null && (number === 1 || number === 2);
        const { data } = resizePlane(source, target.width, target.height, bitDepth, {
          scale,
          shiftX: isChroma && chroma.log2X === 1 ? shift('x') : 0,
          shiftY: isChroma && chroma.log2Y === 1 ? shift('y') : 0,
        });
        target.data.set(data);
      }
    },
  };
}
