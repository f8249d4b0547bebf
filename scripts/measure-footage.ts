import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locateFfmpeg, type Ffmpeg } from '../src/media/program/ffmpeg.js';
import { goThrough } from '../src/media/scan/go-through.js';
import { lookAt } from '../src/media/scan/look.js';
import { probe } from '../src/media/source/probe.js';
import { packageRoot } from '../src/package-root.js';

/*
 * node build/scripts/measure-footage.js kinds|fields|noise|time [clips...]: the figures of
 * docs/old-footage.md, on clips made from those in ../shared/data/clips.
 *
 * kinds: what the quick look at some places and the scan of all frames take clips of 352x288 for
 * that were made in known ways.
 * fields: Y-PSNR at 704x576 of bicubic and the network, on interlaced frames as they are and on
 * deinterlaced ones.
 * noise: Y-PSNR at 704x576 of noisy clips of 352x288, as they are and denoised.
 * time: CPU seconds that the quick look and the scan take for a clip of 720x576, ffmpeg's included.
 */

const clips = path.join(packageRoot(), '../shared/data/clips');
const stall = { stallTimeoutMs: 120_000 };
const run = (ffmpeg: Ffmpeg, ...words: string[]): void => {
  execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-y', ...words], { stdio: 'inherit' });
};
const mpeg2 = ['-an', '-c:v', 'mpeg2video', '-q:v', '4', '-g', '12', '-bf', '2'];
const fields = ['-flags', '+ildct+ilme'];
const scaled = 'scale=352:288:flags=lanczos+accurate_rnd,setsar=1,format=yuv420p';
const film = 'setpts=N/(24000/1001*TB)';

/** Ways of making a clip: ffmpeg's filters, the frame rate, and more arguments of the encoder. */
const ways: readonly (readonly [name: string, filters: string, rate: string, words: string[]])[] = [
  ['whole pictures, marked as fields', 'setfield=tff', '25', fields],
  ['top field first, not marked', 'tinterlace=mode=interleave_top,setfield=prog', '25', []],
  [
    'bottom field first, marked top',
    'tinterlace=mode=interleave_bottom,setfield=tff',
    '25',
    fields,
  ],
  ['film, 3:2', `${film},telecine=pattern=23,setfield=tff`, '30000/1001', fields],
];

async function kinds(ffmpeg: Ffmpeg, folder: string, names: readonly string[]): Promise<void> {
  console.log('| clip | made as | look | all frames |\n| --- | --- | --- | --- |');
  for (const name of names) {
    for (const [way, filters, rate, words] of ways) {
      const file = path.join(folder, 'made.mpg');
      run(
        ...([ffmpeg, '-i', path.join(clips, name)] as const),
        ...['-vf', `${scaled},setpts=N/(50*TB),${filters},setpts=N/(${rate}*TB)`, '-r', rate],
        ...['-frames:v', '75', ...mpeg2, ...words, file],
      );
      const source = await probe(ffmpeg, file);
      const { kind, order, cadence } = await lookAt(ffmpeg, source, stall);
      const { runs } = await goThrough(ffmpeg, source, stall);
      const said = (...words: (string | null)[]): string => words.filter(Boolean).join(' ');
      const all = runs.map((one) => said(`${one.first}:`, one.kind, one.order, one.cadence));
      console.log(`| ${name} | ${way} | ${said(kind, order, cadence)} | ${all.join(', ')} |`);
    }
  }
}

/** The mean of a log's column, without its first two frames. */
function mean(log: string, column: string): string {
  const [header = '', ...rows] = log.trim().split('\n');
  const place = header.split(',').indexOf(column);
  const values = rows.slice(2).map((row) => Number(row.split(',')[place]));
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
}

/** Enlarges a clip with `truth.mkv` as the reference; returns the text of its log. */
async function enlarge(
  at: (name: string) => string,
  clip: string,
  options: readonly string[],
): Promise<string> {
  execFileSync(process.execPath, [
    ...[path.join(packageRoot(), 'bin/vsr.js'), 'upscale', at(clip), '--quiet', '--overwrite'],
    ...['-o', at('out.mkv'), '--log', at('log.csv'), '--reference', at('truth.mkv')],
    ...['--precision', 'fp32', '--restart', '--preset', 'ultrafast', ...options],
  ]);
  return readFile(at('log.csv'), 'utf8');
}

async function psnr(ffmpeg: Ffmpeg, folder: string, names: readonly string[]): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  console.log('| clip | bicubic of combs | network on combs | bicubic | network |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const name of names) {
    const large = 'scale=704:576:flags=area,setsar=1,format=yuv420p,setpts=N/(50*TB)';
    const small = `${large},scale=352:288:flags=area,tinterlace=mode=interleave_top,setfield=tff`;
    run(
      ...([ffmpeg, '-i', path.join(clips, name), '-frames:v', '24', '-an', '-vf'] as const),
      ...[`${large},select='not(mod(n,2))',setpts=N/(25*TB)`, '-r', '25', '-c:v', 'ffv1'],
      ...[at('truth.mkv'), '-frames:v', '24', '-an', '-vf', `${small},setpts=N/(25*TB)`],
      ...['-r', '25', '-c:v', 'ffv1', at('fields.mkv')],
    );
    const figures: string[] = [];
    for (const mode of ['off', 'frame']) {
      const log = await enlarge(at, 'fields.mkv', ['-m', 'espcn-16-x2', '--deinterlace', mode]);
      figures.push(mean(log, 'psnr_y_bicubic'), mean(log, 'psnr_y'));
    }
    console.log(`| ${name} | ${figures.join(' | ')} |`);
  }
}

/** Strengths of added noise for ffmpeg's filter: twice the standard deviation. */
const noises = [0, 6, 12, 25] as const;

async function noise(ffmpeg: Ffmpeg, folder: string, names: readonly string[]): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  const ways = {
    'as it is': ['-m', 'espcn-16-x2'],
    '`--denoise auto`': ['-m', 'espcn-16-x2', '--denoise', 'auto'],
    '`--strength 1`': ['-m', 'espcn-32-strength-x2', '--strength', '1'],
    both: ['-m', 'espcn-32-strength-x2', '--strength', '1', '--denoise', 'auto'],
    'both, strength as chosen': ['-m', 'espcn-32-strength-x2', '--denoise', 'auto'],
  };
  console.log(`| clip | noise | measured | ${Object.keys(ways).join(' | ')} |`);
  console.log(`| --- | --- | --- |${' --- |'.repeat(Object.keys(ways).length)}`);
  for (const name of names) {
    const cut = ['-i', path.join(clips, name), '-frames:v', '12', '-an', '-vf'];
    const large = 'scale=704:576:flags=area,setsar=1,format=yuv420p';
    run(ffmpeg, ...cut, large, '-c:v', 'ffv1', at('truth.mkv'));
    for (const added of noises) {
      const small = `${large},scale=352:288:flags=area,noise=c0s=${added}:allf=t:c0_seed=7`;
      const file = at('noisy.mkv');
      run(ffmpeg, ...cut, small, ...mpeg2, file);
      const { noise: measured } = await lookAt(ffmpeg, await probe(ffmpeg, file), stall);
      const figures: string[] = [];
      for (const options of Object.values(ways)) {
        figures.push(mean(await enlarge(at, 'noisy.mkv', options), 'psnr_y'));
      }
      const said = measured?.toFixed(1) ?? 'none';
      console.log(`| ${name} | ${added} | ${said} | ${figures.join(' | ')} |`);
    }
  }
}

async function time(ffmpeg: Ffmpeg, folder: string, [name = '']: readonly string[]) {
  const file = path.join(folder, 'sd.mpg');
  run(
    ...([ffmpeg, '-stream_loop', '20', '-i', path.join(clips, name), '-vf'] as const),
    ...['scale=720:576,setsar=1,format=yuv420p,tinterlace=mode=interleave_top,setpts=N/(25*TB)'],
    ...['-r', '25', '-frames:v', '1500', ...mpeg2, ...fields, file],
  );
  const source = await probe(ffmpeg, file);
  /** CPU seconds, user and system, of this process and of those that it waited for. */
  const used = async (): Promise<number> => {
    const stat = await readFile('/proc/self/stat', 'utf8');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return words.slice(11, 15).reduce((sum, word) => sum + Number(word) / 100, 0);
  };
  const before = await used();
  const { places } = await lookAt(ffmpeg, source, stall);
  const looked = await used();
  const { frames } = await goThrough(ffmpeg, source, stall);
  const through = await used();
  const seen = places.reduce((sum, place) => sum + place.frames, 0);
  console.log(
    `look: ${(looked - before).toFixed(2)} s for ${seen} frames in ${places.length} places`,
  );
  console.log(`all: ${(through - looked).toFixed(2)} s for ${frames} frames`);
}

const tasks = { kinds, fields: psnr, noise, time } as const;
const usual = {
  kinds: ['foreman_h264.mp4', 'flower.mp4', 'carphone_pristine.mp4'],
  fields: ['squirrel.mp4', '05_default_juggle.mp4', 'butterfly.mp4'],
  noise: ['squirrel.mp4', 'butterfly.mp4', 'bigbuckbunny.mp4', 'flower.mp4'],
  time: ['flower.mp4'],
} as const;
const [, , task = '', ...named] = process.argv;
if (!(task in tasks)) {
  console.error(`Expected one of ${Object.keys(tasks).join(', ')} but received ${task}.`);
  process.exit(2);
}
if (!existsSync(clips)) {
  console.error(`Expected clips in ${clips} but there are none.`);
  process.exit(2);
}
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-footage-'));
const key = task as keyof typeof tasks;
try {
  await tasks[key](await locateFfmpeg(), folder, named.length > 0 ? named : usual[key]);
} finally {
  await rm(folder, { recursive: true });
}
