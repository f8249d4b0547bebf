/** A stream of numbers in 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Spreads the bits of a 32-bit integer (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The random stream of a place: the same integers give the same stream, others an unrelated one. So
 * no state has to be kept: seed, step and patch are enough, and a resumed run draws what an
 * uninterrupted one would have drawn.
 */
export function randomAt(...place: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of place) state = mix(state ^ mix(part + 0x632be5ab));
  // mulberry32.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A stream of normally distributed numbers of mean 0 and deviation 1 (Box and Muller). */
export function normals(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `items` in a random order, as a new list. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
