/** A fixed pseudo-random number in 0..1 for a lattice point. */
export function hash(x: number, y: number, z: number): number {
  let h = (Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(z, 2147483647)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 2246822519);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

const smooth = (t: number) => t * t * (3 - 2 * t);
const mix = (a: number, b: number, t: number) => a + (b - a) * t;

/** Value noise, 0..1, smooth in all three directions. */
export function noise(x: number, y: number, z: number): number {
  const [ix, iy, iz] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [tx, ty, tz] = [smooth(x - ix), smooth(y - iy), smooth(z - iz)];
  const edge = (j: number, k: number) =>
    mix(hash(ix, iy + j, iz + k), hash(ix + 1, iy + j, iz + k), tx);
  return mix(mix(edge(0, 0), edge(1, 0), ty), mix(edge(0, 1), edge(1, 1), ty), tz);
}

/** Weighted mean of value noise at `octaves` sizes, each half the one before, 0..1. */
export function fractal(x: number, y: number, z: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  let total = 0;
  for (let i = 0; i < octaves; i++) {
    sum += weight * noise(x, y, z);
    total += weight;
    weight /= 2;
    [x, y, z] = [x * 2.03 + 11.3, y * 2.03 + 5.7, z * 2.03 + 3.1];
  }
  return sum / total;
}
