/** The part of `border` that can be cut on every side of a picture of this size. */
export function cutWithin(
  { width, height }: { readonly width: number; readonly height: number },
  border: number,
): number {
  return Math.min(border, (Math.min(width, height) - 1) >> 1);
}
