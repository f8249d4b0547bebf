import type { FrameLayout } from '../planes/pixel-format.js';
import { planeOf } from '../planes/frame.js';
import type { ChromaSiting } from '../planes/siting.js';
import { enlargingTaps, sitingShift } from './bicubic-taps.js';
import type { PlaneEnlarger } from './enlarge-plane.js';
import { rowEnlarger } from './row-enlarger.js';

/** Enlarges what is not luma: both chroma planes at their siting, and opacity. */
export type ChromaEnlarger = {
  /** Fills chroma and alpha of the larger frame from the frame. */
  enlarge(frame: Uint8Array, larger: Uint8Array): void;
};

/** Prepares bicubic enlarging of the planes numbered `which`, all behind luma, from `layout` to `larger`. */
export function chromaEnlarger(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  siting: ChromaSiting,
  which: readonly number[],
): ChromaEnlarger {
  const { chroma, alpha, bitDepth } = layout.format;
  let planes: { number: number; enlarger: PlaneEnlarger }[] = [];
  const centred = enlargingTaps(scale);
  if (chroma !== null) {
    const shiftX = chroma.log2X === 1 ? sitingShift(scale, siting, 'x') : 0;
    const shiftY = chroma.log2Y === 1 ? sitingShift(scale, siting, 'y') : 0;
    const enlarger = rowEnlarger(
      enlargingTaps(scale, shiftX),
      enlargingTaps(scale, shiftY),
      layout.planes[1]!.width,
      bitDepth,
    );
    planes.push({ number: 1, enlarger }, { number: 2, enlarger });
  }
  if (alpha) {
    const enlarger = rowEnlarger(centred, centred, layout.width, bitDepth);
    planes.push({ number: layout.planes.length - 1, enlarger });
  }
  planes = planes.filter(({ number }) => which.includes(number));
  // One row as long as the source's width asks; odd pictures drop its last sample.
  const row =
    layout.sampleBytes === 1
      ? new Uint8Array(layout.width * scale)
      : new Uint16Array(layout.width * scale);
  return {
    enlarge(frame, into) {
      for (const { number, enlarger } of planes) {
        const source = planeOf(frame, layout, number);
        const target = planeOf(into, larger, number);
        enlarger.begin(source);
        const exact = source.width * scale === target.width;
        for (let y = 0; y < target.height; y++) {
          const at = y * target.width;
          if (exact) enlarger.row(y, 0, source.width, target.data, at);
          else {
            enlarger.row(y, 0, source.width, row, 0);
            target.data.set(row.subarray(0, target.width), at);
          }
        }
      }
    },
  };
}
