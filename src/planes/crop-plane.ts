import type { Plane } from './plane.js';

/** A window of an 8-bit plane, as a copy. */
export function cropPlane(
  plane: Plane,
  left: number,
  top: number,
  width: number,
  height: number,
): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * plane.width + left;
    data.set(plane.data.subarray(start, start + width), y * width);
  }
  return { data, width, height };
}
