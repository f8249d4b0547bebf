import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locateFfmpeg, type Ffmpeg } from '../src/media/program/ffmpeg.js';
import { measureFields } from '../src/media/scan/field-measure.js';
import { findRuns } from '../src/media/scan/find-runs.js';
import type { FieldStep } from '../src/media/scan/judge-place.js';
import { emptyPlace, filmPeriod, placeOf, wovenPlace } from '../src/media/source/footage-runs.js';
import { packageRoot } from '../src/package-root.js';

/*
 * node build/scripts/measure-seams.js [clips...]: how exactly the frame is found at which one kind
 * of footage becomes another within a scene (docs/old-footage.md).
 *
 * From each clip of ../shared/data/clips, at 352x288, 24 clips are made of two parts each, in every
 * pair of whole pictures, video and 3:2 film, in either field order, half of them as they are and
 * half of them coded as MPEG-2 (quantiser 4). Counted are clips in which each frame is treated as
 * what it is, and frames that are not: left combed, deinterlaced or put together wrongly, or lost.
 */

const [width, height] = [352, 288];
const size = width * height;
const usual = ['squirrel', 'butterfly', '05_default_juggle', '01_dog', 'flower', 'foreman_h264'];
const others = ['carphone_pristine', 'bigbuckbunny', 'mediabunny_video_1080p', 'Issue 515 (java)'];
type Kind = 'whole' | 'video' | 'film';
type Order = 'top' | 'bottom';
const pairs: readonly (readonly [Kind, Kind])[] = [
  ['whole', 'video'],
  ['video', 'whole'],
  ['film', 'video'],
  ['video', 'film'],
  ['whole', 'film'],
  ['film', 'whole'],
];
/** The pictures that the two fields of film's five frames show, of four pictures. */
const spread = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3];
/** What is to be done with each of them. */
const ofFilm = ['leave', 'leave', 'drop', 'weave', 'leave'] as const;
type Treatment = 'leave' | 'drop' | 'weave' | 'deinterlace';
type Made = { readonly frames: Uint8Array[]; readonly wanted: Treatment[]; readonly seam: number };

/** Whole numbers from 0 on and below `below`, the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

/** A frame whose first field shows `first` and whose second field shows `second`. */
function frameOf(first: Uint8Array, second: Uint8Array, order: Order): Uint8Array {
  const frame = new Uint8Array(size);
  for (let row = 0; row < height; row++) {
    const from = (row % 2 === 0) === (order === 'top') ? first : second;
    frame.set(from.subarray(row * width, (row + 1) * width), row * width);
  }
  return frame;
}

/** A clip of two parts; picture `i` of the content is `picture(i)`, two a frame. */
function make(
  kinds: readonly [Kind, Kind],
  order: Order,
  random: (below: number) => number,
  picture: (i: number) => Uint8Array,
): Made {
  const [frames, wanted]: [Uint8Array[], Treatment[]] = [[], []];
  let at = random(20);
  let seam = 0;
  for (const kind of kinds) {
    seam = frames.length;
    const place = random(filmPeriod);
    const count = 26 + random(10);
    const start = at - 2 * spread[2 * place]!;
    for (let i = 0; i < count; i++) {
      if (kind === 'film') {
        const cycle = 4 * Math.floor((place + i) / filmPeriod);
        const field = 2 * ((place + i) % filmPeriod);
        const [first, second] = [0, 1].map((n) => start + 2 * (cycle + spread[field + n]!));
        frames.push(frameOf(picture(first!), picture(second!), order));
        const isAlone =
          (i === count - 1 && field === 2 * emptyPlace) || (i === 0 && field === 2 * wovenPlace);
        wanted.push(isAlone ? 'deinterlace' : ofFilm[field / 2]!);
        at = second! + 2;
      } else {
        const second = kind === 'video' ? at + 1 : at;
        frames.push(frameOf(picture(at), picture(second), order));
        wanted.push(kind === 'video' ? 'deinterlace' : 'leave');
        at += 2;
      }
    }
  }
  return { frames, wanted, seam };
}

/** The frames as they come out of MPEG-2 coding. */
async function coded(ffmpeg: Ffmpeg, folder: string, frames: readonly Uint8Array[]) {
  const [raw, file] = [path.join(folder, 'made.raw'), path.join(folder, 'made.mpg')];
  const grey = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-r', '25'];
  await writeFile(raw, Buffer.concat(frames));
  execFileSync(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', ...grey, '-i', raw, '-vf', 'format=yuv420p', '-c:v', 'mpeg2video'],
    ...['-q:v', '4', '-g', '12', '-bf', '2', '-flags', '+ildct+ilme', file],
  ]);
  execFileSync(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', file, '-vf', 'extractplanes=y', '-vsync', 'passthrough'],
    ...['-f', 'rawvideo', raw],
  ]);
  const all = await readFile(raw);
  return frames.map((_, i) => all.subarray(i * size, (i + 1) * size));
}

/** What would be done with each frame, if parts that are not sure were video. */
function treatments(frames: readonly Uint8Array[], order: Order): Treatment[] {
  const steps = frames.map((frame, i): FieldStep | null =>
    i === 0 ? null : { measure: measureFields(frame, frames[i - 1]!, width, height), ticks: 1 },
  );
  const { runs, combed } = findRuns(steps, height);
  return frames.map((_, i) => {
    const run = runs.findLast(({ first }) => first <= i)!;
    if (run.kind === 'video' || run.kind === 'unsure') return 'deinterlace';
    if (run.kind !== 'film') return 'leave';
    const place = run.cadence === '3:2' ? placeOf(run, i) : wovenPlace;
    if (combed.includes(i) || (place === wovenPlace && i === run.first)) return 'deinterlace';
    return run.order === order ? ofFilm[place]! : 'weave';
  });
}

const ffmpeg = await locateFfmpeg();
const named = process.argv.slice(2);
const names = named.length > 0 ? named : [...usual, ...others].map((name) => `${name}.mp4`);
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-seams-'));
console.log(
  '| parts | stored as | clips | each frame right | combed or wrong | needlessly deinterlaced | lost |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
try {
  const contents: ((i: number) => Uint8Array)[] = [];
  for (const name of names) {
    const raw = path.join(folder, 'content.raw');
    const file = path.join(packageRoot(), '../shared/data/clips', name);
    execFileSync(ffmpeg.ffmpeg, [
      ...['-v', 'error', '-y', '-i', file, '-an', '-frames:v', '170', '-vsync', 'passthrough'],
      ...['-vf', `scale=${width}:${height}:flags=area,format=gray`, '-f', 'rawvideo', raw],
    ]);
    const data = await readFile(raw);
    const count = data.length / size;
    // To and fro, where a clip is short.
    contents.push((i) => {
      const at = i % (2 * (count - 1));
      const place = at < count ? at : 2 * (count - 1) - at;
      return data.subarray(place * size, (place + 1) * size);
    });
  }
  const random = numbers(7);
  for (const kinds of pairs) {
    for (const way of ['as they are', 'MPEG-2'] as const) {
      const sums = { clips: 0, right: 0, wrong: 0, needless: 0, lost: 0 };
      for (const picture of contents) {
        for (const order of ['top', 'bottom'] as const) {
          const { frames, wanted, seam } = make(kinds, order, random, picture);
          const shown = way === 'MPEG-2' ? await coded(ffmpeg, folder, frames) : frames;
          const found = treatments(shown, order);
          // What is wrong far from the seam has other reasons.
          const bad = found.flatMap((each, i) =>
            each !== wanted[i] && Math.abs(i - seam) <= 8 ? [[each, wanted[i]!] as const] : [],
          );
          sums.clips++;
          if (bad.length === 0) sums.right++;
          for (const [each] of bad) {
            if (each === 'drop') sums.lost++;
            else if (each === 'deinterlace') sums.needless++;
            else sums.wrong++;
          }
        }
      }
      const { clips, right, wrong, needless, lost } = sums;
      console.log(
        `| ${kinds.join(' to ')} | ${way} | ${clips} | ${right} | ${wrong} | ${needless} | ${lost} |`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
