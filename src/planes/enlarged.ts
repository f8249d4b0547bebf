/** Scales are multiples of this. */
const smallestPart = 0.5;

/** Whether a picture can be enlarged by it: whole and half numbers from 1 on. */
export function isScale(scale: number): boolean {
  return scale >= 1 && Number.isInteger(scale / smallestPart);
}

/** Every scale up to `largest`. */
export function scalesUpTo(largest: number): number[] {
  const count = Math.floor((largest - 1) / smallestPart) + 1;
  return Array.from({ length: count }, (_, i) => 1 + i * smallestPart);
}

/**
 * Samples that `extent` samples become, enlarged `scale` times. Where that is no whole number, as
 * of an odd width at 3/2, the part of a sample at the end is left out.
 */
export function enlarged(extent: number, scale: number): number {
  // Thirds do not multiply back exactly.
  return Math.floor(extent * scale + 1e-6);
}

/** A picture's size, enlarged. */
export function enlargedSize(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number,
): { readonly width: number; readonly height: number } {
  return { width: enlarged(width, scale), height: enlarged(height, scale) };
}
