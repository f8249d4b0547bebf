import type { FieldOrder } from '../../media/source/source.js';
import type { Plane } from '../../planes/plane.js';

/**
 * Frames of two fields each, a frame of every two pictures that follow one another: the field of
 * `order` holds the first one's lines, the other field the second one's.
 */
export function interlaced(pictures: readonly Plane[], order: FieldOrder): Plane[] {
  return Array.from({ length: Math.floor(pictures.length / 2) }, (_, i) => {
    const [first, second] = [pictures[2 * i]!, pictures[2 * i + 1]!];
    return order === 'top' ? woven(first, second) : woven(second, first);
  });
}

/** A frame of two fields: the lines of `top` from the first on, those of `bottom` in between. */
export function woven(top: Plane, bottom: Plane): Plane {
  const { width, height } = top;
  const data = new Uint8Array(top.data);
  for (let y = 1; y < height; y += 2) {
    data.set(bottom.data.subarray(y * width, (y + 1) * width), y * width);
  }
  return { data, width, height };
}

/**
 * The vertical low-pass (1 2 1)/4 that cameras and converters apply before they leave out every
 * second line, so that thin lines do not flicker. The border is repeated.
 */
export function lowPassed({ data: from, width, height }: Plane): Plane {
  const data = new Uint8Array(from.length);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      data[i] = (from[above + x]! + 2 * from[i]! + from[below + x]! + 2) >> 2;
    }
  }
  return { data, width, height };
}
