/** Numbers from 0 up to but not including 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A way to damage a file: the bytes it has afterwards. */
type Damage = (bytes: Buffer, random: () => number) => Buffer;

const place = (length: number, random: () => number): number => Math.floor(random() * length);

function flip(bytes: Buffer, random: () => number, count: number, within: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 0; i < count; i++) {
    const at = place(Math.min(within, copy.length), random);
    copy[at] = copy[at]! ^ (1 << place(8, random));
  }
  return copy;
}

/** All ways of damaging a file, by name. */
export const damages: Readonly<Record<string, Damage>> = {
  'one bit': (bytes, random) => flip(bytes, random, 1, bytes.length),
  'many bits': (bytes, random) => flip(bytes, random, 4 + place(60, random), bytes.length),
  'bits at the beginning': (bytes, random) => flip(bytes, random, 1 + place(8, random), 256),
  'cut off': (bytes, random) => bytes.subarray(0, place(bytes.length, random)),
  'beginning missing': (bytes, random) => bytes.subarray(place(bytes.length, random)),
  'blocks swapped': (bytes, random) => {
    const copy = Buffer.from(bytes);
    const size = 1 + place(Math.min(4096, bytes.length >> 2), random);
    const [a, b] = [place(bytes.length - size, random), place(bytes.length - size, random)];
    bytes.copy(copy, a, b, b + size);
    bytes.copy(copy, b, a, a + size);
    return copy;
  },
  'block of zeros': (bytes, random) => {
    const copy = Buffer.from(bytes);
    const from = place(bytes.length, random);
    return copy.fill(0, from, Math.min(bytes.length, from + 1 + place(2048, random)));
  },
  'block of noise': (bytes, random) => {
    const copy = Buffer.from(bytes);
    const from = place(bytes.length, random);
    const to = Math.min(bytes.length, from + 1 + place(512, random));
    for (let i = from; i < to; i++) copy[i] = place(256, random);
    return copy;
  },
  'block repeated': (bytes, random) => {
    const from = place(bytes.length, random);
    const to = Math.min(bytes.length, from + 1 + place(2048, random));
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
};

/** Damages `bytes`; `seed` chooses the way and the places. Returns the way's name, too. */
export function damaged(bytes: Buffer, seed: number): { readonly how: string; bytes: Buffer } {
  const random = randomOf(seed);
  const ways = Object.keys(damages);
  const how = ways[place(ways.length, random)]!;
  return { how, bytes: damages[how]!(bytes, random) };
}
