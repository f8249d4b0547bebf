import { planeOf } from './frame.js';
import { frameLayout, type FrameLayout } from './pixel-format.js';

/**
 * The top left part of a frame, copied. Odd sizes keep the chroma sample of the last column and
 * row.
 */
export function cropFrame(
  data: Uint8Array,
  layout: FrameLayout,
  width: number,
  height: number,
): { readonly data: Uint8Array; readonly layout: FrameLayout } {
  const to = frameLayout(layout.format, width, height);
  const out = new Uint8Array(to.byteLength);
  to.planes.forEach((place, number) => {
    const from = planeOf(data, layout, number);
    const target = planeOf(out, to, number).data;
    for (let y = 0; y < place.height; y++) {
      const start = y * from.width;
      target.set(from.data.subarray(start, start + place.width), y * place.width);
    }
  });
  return { data: out, layout: to };
}
