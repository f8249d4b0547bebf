import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { ffmpegRun } from './enlarge.js';

export const [width, height] = [160, 96];
const bytes = (width * height * 3) / 2;

/** Frames of each part, and frames a second. */
export const [frames, rate] = [40, 30];

/** What a part of a clip may be. */
export type Kind = 'progressive' | 'top' | 'bottom' | 'film' | 'still';
export const kinds: readonly Kind[] = ['progressive', 'top', 'bottom', 'film', 'still'];

/** How each kind is made of 60 pictures a second. */
const filters: Readonly<Record<Kind, string>> = {
  progressive: "select='not(mod(n,2))'",
  top: 'tinterlace=mode=interleave_top',
  bottom: 'tinterlace=mode=interleave_bottom',
  film: `select='not(mod(n,2))',settb=1/24,setpts=N,telecine=first_field=top:pattern=23`,
  still: `trim=end_frame=1,loop=${frames}:1:0`,
};

/** Frames of each kind, by scene: 8-bit 4:2:0. */
export type Parts = Readonly<Record<Kind, readonly (readonly Uint8Array[])[]>>;

const scenes = [0, 1];

async function framesOf(
  folder: string,
  scene: number,
  made: string,
  count: number,
): Promise<Uint8Array[]> {
  const pan = scene === 0 ? '3*n:40' : '500-2*n:300';
  const window = `scale=768:432,crop=${width}:${height}:${pan},format=yuv420p`;
  const file = path.join(folder, 'part.yuv');
  await ffmpegRun(
    ...['-i', path.join(packageRoot(), 'samples', 'scene.mp4'), '-an', '-vf'],
    `trim=end_frame=1,loop=120:1:0,settb=1/60,setpts=N,${window},${made}`,
    ...['-vsync', 'passthrough', '-frames:v', String(count), '-f', 'rawvideo', file],
  );
  const raw = await readFile(file);
  assert.equal(raw.length, count * bytes, made);
  return Array.from({ length: count }, (_, i) => raw.subarray(i * bytes, (i + 1) * bytes));
}

/** Makes the frames of each kind, and the pictures of its film, of two scenes; uses `folder`. */
export async function makeParts(folder: string): Promise<{
  readonly parts: Parts;
  readonly pictures: Uint8Array[][];
}> {
  const parts = {} as Record<Kind, Uint8Array[][]>;
  for (const kind of kinds) {
    parts[kind] = [];
    for (const scene of scenes) {
      parts[kind].push(await framesOf(folder, scene, filters[kind], frames));
    }
  }
  const pictures: Uint8Array[][] = [];
  for (const scene of scenes) {
    pictures.push(await framesOf(folder, scene, "select='not(mod(n,2))'", (frames * 4) / 5));
  }
  return { parts, pictures };
}

/** A part of a clip: the scene, its kind and the frames of it that are taken. */
export type Part = {
  readonly kind: Kind;
  readonly scene: number;
  readonly from: number;
  readonly to: number;
};

/** All of a part, whose scene is another than that of the part before it. */
export const whole = (kind: Kind, i: number): Part => ({
  ...{ kind, scene: i % 2, from: 0, to: frames },
});

/** A frame of a clip: its samples, its part, and its place in it. */
export type SplicedFrame = {
  readonly data: Uint8Array;
  readonly part: Part;
  readonly number: number;
};

/** Splices parts into one clip, stored without loss and with flags that say nothing. */
export async function splice(
  parts: Parts,
  sequence: readonly Part[],
  file: string,
): Promise<SplicedFrame[]> {
  const all = sequence.flatMap((part) =>
    parts[part.kind][part.scene]!.slice(part.from, part.to).map((data, i) => ({
      ...{ data, part, number: part.from + i },
    })),
  );
  await writeFile(`${file}.yuv`, Buffer.concat(all.map(({ data }) => data)));
  await ffmpegRun(
    ...['-f', 'rawvideo', '-s', `${width}x${height}`, '-r', String(rate), '-i', `${file}.yuv`],
    ...['-vf', 'setfield=prog', '-c:v', 'ffv1', file],
  );
  return all;
}

/** A way through all ordered pairs of kinds, each once. */
export function tour(): Kind[] {
  const left = new Map(kinds.map((kind) => [kind, kinds.filter((other) => other !== kind)]));
  const [stack, way]: [Kind[], Kind[]] = [['progressive'], []];
  while (stack.length > 0) {
    const next = left.get(stack.at(-1)!)!.pop();
    if (next === undefined) way.push(stack.pop()!);
    else stack.push(next);
  }
  return way;
}
