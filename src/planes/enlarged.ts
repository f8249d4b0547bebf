/**
 * Samples that `extent` samples become, enlarged `scale` times. Where that is no whole number, as
 * of an odd width at 3/2, the part of a sample at the end is left out.
 */
export function enlarged(extent: number, scale: number): number {
  // Thirds do not multiply back exactly.
  return Math.floor(extent * scale + 1e-6);
}
