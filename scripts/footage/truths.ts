import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** Frames of a truth, 50 a second: the 75 frames of most cases take two of them each. */
const frames = 150;
const size = 'scale=352:288:flags=lanczos+accurate_rnd,setsar=1,format=yuv420p';

/** A content of which clips of old footage are made. */
export type FootageTruth = {
  readonly name: string;
  /** How much moves in it; `none`: nothing but noise. */
  readonly motion: 'none' | 'little' | 'usual';
  /** ffmpeg's input. */
  readonly input: readonly string[];
  readonly filters: string;
};

const sample = path.join(packageRoot(), 'samples', 'scene.mp4');
const standing = (file: string): string[] => ['-loop', '1', '-framerate', '50', '-i', file];

/** A picture that moves evenly, by a part of a sample, under a window. */
const pan = (x: number, y: number): string =>
  `scale=3200:2400:flags=bicubic,crop=1408:1152:x='500+${x}*n*0.7':y='500+${y}*n*0.7',` +
  'scale=352:288:flags=area,setsar=1,format=yuv420p';

/** Contents that every clone can make. */
export const drawnTruths: readonly FootageTruth[] = [
  {
    ...{ name: 'walk', motion: 'usual', input: ['-i', sample] },
    filters: `${size},split[a][b];[b]reverse[c];[a][c]concat`,
  },
  {
    ...{ name: 'pan', motion: 'usual', input: ['-i', sample] },
    filters: `trim=end_frame=1,loop=${frames}:1:0,setpts=N,${pan(5, -1)}`,
  },
  {
    ...{ name: 'zoom', motion: 'usual' },
    input: ['-f', 'lavfi', '-i', 'mandelbrot=size=352x288:rate=50:end_scale=0.02:end_pts=400'],
    filters: 'setsar=1,format=yuv420p',
  },
];

const data = path.join(packageRoot(), '../shared/data');
const clip = (
  name: string,
  file: string,
  motion: FootageTruth['motion'] = 'usual',
): FootageTruth => ({
  ...{ name, motion, input: ['-i', path.join(data, file)], filters: size },
});
const photo = (
  name: string,
  file: string,
  filters: string,
  motion: FootageTruth['motion'] = 'usual',
): FootageTruth => ({
  ...{ name, motion, filters, input: standing(path.join(data, 'train/open_photos', file)) },
});

/** Contents of clips and photographs beside the repository; those that are there. */
export const sharedTruths: readonly FootageTruth[] = [
  clip('squirrel', 'clips/squirrel.mp4', 'little'),
  clip('butterfly', 'clips/butterfly.mp4'),
  clip('juggle', 'clips/05_default_juggle.mp4'),
  clip('bunny', 'clips/small_bunny_1080p_60fps.mp4'),
  clip('dog', 'clips/01_dog.mp4'),
  clip('flower', 'clips/flower.mp4', 'little'),
  photo('pan1', 'cid22_1029604.webp', pan(5, -1)),
  photo('pan2', 'cid22_2738653.webp', pan(8, 1)),
  photo(
    ...(['still', 'cid22_pexels-photo-7266811.webp'] as const),
    ...(['scale=352:288:flags=area,noise=alls=6:allf=t,setsar=1,format=yuv420p', 'none'] as const),
  ),
].filter(({ input }) => existsSync(input.at(-1)!));

/** ffmpeg's arguments that make a truth's frames, without loss. */
export function truthArguments({ input, filters }: FootageTruth, file: string): string[] {
  return [
    ...[...input, '-an', '-vf', `${filters},settb=1/50,setpts=N`, '-r', '50'],
    ...['-frames:v', String(frames), '-c:v', 'ffv1', '-threads', '1', file],
  ];
}
