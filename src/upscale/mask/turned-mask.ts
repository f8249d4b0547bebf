import type { Turn } from '../../media/source/source.js';
import type { Plane } from '../../planes/plane.js';

/** How stored frames are turned and mirrored when they are shown. */
export type Showing = Pick<Turn, 'transposed' | 'flipped'>;

/** For each orientation that Exif knows, from 1: how such a picture is shown. */
const orientations: readonly Showing[] = [
  { transposed: false, flipped: [false, false] },
  { transposed: false, flipped: [true, false] },
  { transposed: false, flipped: [true, true] },
  { transposed: false, flipped: [false, true] },
  { transposed: true, flipped: [false, false] },
  { transposed: true, flipped: [false, true] },
  { transposed: true, flipped: [true, true] },
  { transposed: true, flipped: [true, false] },
];

/** How a picture with an orientation of Exif is shown: as it is stored where that is unknown. */
export function shownBy(orientation: number): Showing {
  return orientations[orientation - 1] ?? orientations[0]!;
}

/** A plane as it lies in stored frames that are shown like `shown`. */
export function asStored(shown: Plane, { transposed, flipped }: Showing): Plane {
  const [width, height] = transposed ? [shown.height, shown.width] : [shown.width, shown.height];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = flipped[1] ? height - 1 - y : y;
    for (let x = 0; x < width; x++) {
      const column = flipped[0] ? width - 1 - x : x;
      const at = transposed ? column * shown.width + row : row * shown.width + column;
      data[y * width + x] = shown.data[at]!;
    }
  }
  return { data, width, height };
}
