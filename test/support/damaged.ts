import { readFile, writeFile } from 'node:fs/promises';

/** Ways of damaging a clip's bytes, by name; where and how much is a share of its length. */
export const harms: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'cut tail': (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.6) | 1),
  'zeroed middle': (bytes) =>
    Buffer.from(bytes).fill(0, bytes.length >> 1, (bytes.length >> 1) + 1000),
  'flipped bytes': (bytes) => {
    const copy = Buffer.from(bytes);
    const from = Math.floor((bytes.length * 2) / 3);
    for (let at = from; at < from + 400; at++) copy[at] = copy[at]! ^ (0xa5 + at);
    return copy;
  },
  'missing middle': (bytes) => {
    const from = Math.floor(bytes.length * 0.4);
    return Buffer.concat([
      bytes.subarray(0, from),
      bytes.subarray(from + Math.floor(bytes.length / 20)),
    ]);
  },
};

/** Writes a copy of `file`, damaged in the way `how`, to the path `to`; returns that path. */
export async function harmed(file: string, how: string, to: string): Promise<string> {
  await writeFile(to, harms[how]!(await readFile(file)));
  return to;
}
