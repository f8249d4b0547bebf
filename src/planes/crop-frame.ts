import { planeOf } from './frame.js';
import { frameLayout, type FrameLayout } from './pixel-format.js';

/**
 * Copies the `width` x `height` part of a frame whose top left corner is at `at`, in luma samples.
 * `at` must be even where chroma is subsampled. Odd sizes keep the chroma sample of the last column
 * and row.
 */
export function cropFrame(
  data: Uint8Array,
  layout: FrameLayout,
  width: number,
  height: number,
  at: { readonly left: number; readonly top: number } = { left: 0, top: 0 },
): { readonly data: Uint8Array; readonly layout: FrameLayout } {
  const to = frameLayout(layout.format, width, height);
  const out = new Uint8Array(to.byteLength);
  to.planes.forEach((place, number) => {
    const from = planeOf(data, layout, number);
    const target = planeOf(out, to, number).data;
    // Planes 1 and 2 are chroma; luma and alpha are whole.
    const chroma = number === 1 || number === 2 ? layout.format.chroma : null;
    const left = at.left >> (chroma?.log2X ?? 0);
    const top = at.top >> (chroma?.log2Y ?? 0);
    for (let y = 0; y < place.height; y++) {
      const start = (top + y) * from.width + left;
      target.set(from.data.subarray(start, start + place.width), y * place.width);
    }
  });
  return { data: out, layout: to };
}
