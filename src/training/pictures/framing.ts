import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { cropPlane } from '../../planes/crop-plane.js';

/** Which pictures are used, and which part of them, before anything else is done. */
export type Framing = {
  /** Least side, in samples, of pictures that are used; absent for any. */
  readonly minSide?: number;
  /**
   * Width and height to which the largest square in the middle of each picture is reduced; smaller
   * pictures are left out. Absent for pictures as they are.
   */
  readonly square?: number;
};

/** Why a picture of a size is passed over; `null` if it is not. */
export function tooSmall(
  { width, height }: Pick<Plane, 'width' | 'height'>,
  { minSide = 1, square = 1 }: Framing,
): string | null {
  const least = Math.max(minSide, square);
  return Math.min(width, height) >= least ? null : `is smaller than ${least} on one side`;
}

/** The planes of a picture, framed; it must be large enough. */
export function framed(planes: readonly Plane[], { square }: Framing): readonly Plane[] {
  if (square === undefined) return planes;
  return planes.map((plane) => {
    const { width, height } = plane;
    const side = Math.min(width, height);
    const cut = cropPlane(plane, (width - side) >> 1, (height - side) >> 1, side, side);
    return side === square ? cut : resizePlane(cut, square, square);
  });
}
