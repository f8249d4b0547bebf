/** Every scale is a multiple of this. */
const smallestPart = 0.5;

/** Whether a picture can be enlarged by `scale`: whole and half numbers from 1 on. */
export function isScale(scale: number): boolean {
  return scale >= 1 && Number.isInteger(scale / smallestPart);
}

/** Every scale from 1 to `largest`, in ascending order. */
export function scalesUpTo(largest: number): number[] {
  const count = Math.floor((largest - 1) / smallestPart) + 1;
  return Array.from({ length: count }, (_, i) => 1 + i * smallestPart);
}

/**
 * Number of samples that a width or height of `extent` samples becomes at `scale`. Where that is
 * not a whole number, such as for an odd width at 3/2, the incomplete last sample is left out.
 */
export function enlarged(extent: number, scale: number): number {
  // A scale that was computed as a quotient may come out just below a whole number of samples.
  return Math.floor(extent * scale + 1e-6);
}

/** The size of a picture enlarged by `scale`. */
export function enlargedSize(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): { readonly width: number; readonly height: number } {
  return { width: enlarged(width, scale), height: enlarged(height, scale) };
}
