import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { packageRoot } from '../src/package-root.js';

/*
 * node build/scripts/measure-steady.js [clips...] [--gop 8,250] [--crf 23] [--frames 40]
 * [--quality normal] [--precision auto] [--keep folder]: the figures of docs/adr/0025-steady.md,
 * what `--steady auto` does to clips enlarged twice, compared with `--steady off`.
 *
 * The reference is a clip's first frames, reduced by area averaging to 640x352; the source is that
 * reduced by 2 (swscale bicubic) and encoded by x264 with a keyframe every so many frames. Pops are
 * the mean `flicker_y` at the source's keyframes, in grey levels of 255; PSNR is what `auto` gains
 * of `psnr_y` over `off`, in dB: the clip's mean, and the frame that gains least, both without
 * frames that equal the reference (black ones do). A clip may be followed by a change that makes it
 * harder, as in `flower.mp4:fade`. Outputs stay in --keep.
 */

/** The ten clips of scripts/measure-codec.ts, and such as move, fade, are cut or have grain. */
const usual = [
  ...['05_default_juggle.mp4', 'squirrel.mp4', 'flower.mp4', 'butterfly.mp4', 'bigbuckbunny.mp4'],
  ...['01_dog.mp4', 'Issue 515 (java).mp4', 'small_bunny_1080p_60fps.mp4'],
  ...['VID_1280x720_cavlc_temporal_direct.264', 'old_town_1080i_10bit_PPH10I6.264'],
  ...['butterfly.mp4:pan', 'flower.mp4:fade', 'squirrel.mp4:grain', 'bigbuckbunny.mp4:cut'],
];
const size = '640:352';

/** ffmpeg's filters from a clip to the reference, whose last are `changed`. */
const area = (changed = ''): string => `scale=${size}:flags=area,format=yuv420p${changed}`;
const changes: Readonly<Record<string, string>> = {
  none: area(),
  // 12 samples a frame to the right and back, so that 40 frames fit.
  pan: `scale=1024:564:flags=area,crop=${size}:12*abs(mod(n\\,64)-32):100,format=yuv420p`,
  fade: area(',fade=out:4:32'),
  grain: area(',noise=c0s=14:allf=t:c0_seed=7'),
  // Another part of the picture from frame 20 on.
  cut: `scale=1024:564:flags=area,crop=${size}:384*gte(n\\,20):212*gte(n\\,20),format=yuv420p`,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gop: { type: 'string', default: '8,250' },
    crf: { type: 'string', default: '23' },
    frames: { type: 'string', default: '40' },
    quality: { type: 'string', default: 'normal' },
    precision: { type: 'string', default: 'auto' },
    keep: { type: 'string' },
  },
});
const clips = path.join(packageRoot(), '../shared/data/clips');
if (!existsSync(clips)) {
  console.error(`Expected clips in ${clips} but there are none.`);
  process.exit(2);
}
const { ffmpeg, ffprobe } = await locateFfmpeg();
const made = values.keep === undefined;
const folder = values.keep ?? (await mkdtemp(path.join(os.tmpdir(), 'vsr-steady-')));

function run(...words: string[]): void {
  execFileSync(ffmpeg, ['-v', 'error', '-y', ...words], { stdio: 'inherit' });
}

/** Makes a clip's reference and its source. */
function make(clip: string, gop: string, truth: string, source: string): void {
  const [name = '', change = 'none'] = clip.split(':');
  const chain = changes[change];
  if (chain === undefined) throw new Error(`Expected one of ${Object.keys(changes).join(', ')}.`);
  run(
    ...['-i', path.join(clips, name), '-frames:v', values.frames, '-an', '-r', '25', '-vf'],
    ...[`setpts=N/(25*TB),${chain},setsar=1`, '-c:v', 'ffv1', truth],
  );
  run(
    ...['-i', truth, '-vf', 'scale=iw/2:ih/2:flags=bicubic', '-c:v', 'libx264', '-preset'],
    ...['medium', '-crf', values.crf, '-g', gop, source],
  );
}

/** Numbers of a clip's keyframes, in the order in which frames are shown. */
function keyframesOf(file: string): number[] {
  const show = ['-select_streams', 'v', '-show_entries', 'frame=key_frame', '-of', 'csv=p=0'];
  const flags = execFileSync(ffprobe, ['-v', 'error', ...show, file], { encoding: 'utf8' });
  // ffprobe writes more lines for a frame with side data, such as x264's settings.
  const frames = flags.split('\n').filter((line) => /^[01]/.test(line));
  return frames.flatMap((flag, i) => (flag.startsWith('1') ? [i] : []));
}

/** Enlarges `source`; gives the columns of the log, and the network that ran. */
async function enlarge(source: string, truth: string, steady: string, output: string) {
  execFileSync(process.execPath, [
    ...[path.join(packageRoot(), 'bin/vsr.js'), 'upscale', source, '-o', output, '--quiet'],
    ...['--overwrite', '--restart', '--preset', 'ultrafast', '--steady', steady],
    ...['--reference', truth, '--quality', values.quality, '--precision', values.precision],
    ...['--log', `${output}.csv`],
  ]);
  const [header = '', ...rows] = (await readFile(`${output}.csv`, 'utf8')).trim().split('\n');
  const column = (name: string): number[] => {
    const place = header.split(',').indexOf(name);
    return rows.map((row) => {
      const word = row.split(',')[place]!;
      return word === '' ? NaN : word === 'inf' ? Infinity : Number(word);
    });
  };
  const sidecar = JSON.parse(await readFile(`${output}.vsr.json`, 'utf8')) as {
    readonly model: { readonly passes: readonly { readonly name: string }[] };
  };
  const model = sidecar.model.passes[0]!.name;
  return { psnr: column('psnr_y'), flicker: column('flicker_y'), model };
}

/** The mean of those that are numbers. */
function mean(list: readonly number[]): number {
  const known = list.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

const signed = (value: number, digits: number): string =>
  Number.isNaN(value) ? 'none' : `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;

try {
  for (const gop of values.gop.split(',')) {
    console.log(`\nkeyframes every ${gop} frames, CRF ${values.crf}\n`);
    console.log('| clip | network | keyframes | pops, off | pops, auto | PSNR, mean | worst |');
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    for (const clip of positionals.length > 0 ? positionals : usual) {
      const at = (ending: string): string =>
        path.join(folder, `${clip.replace(/[^\w]+/g, '-')}-${gop}${ending}`);
      const [truth, source] = [at('.truth.mkv'), at('.source.mp4')];
      make(clip, gop, truth, source);
      const off = await enlarge(source, truth, 'off', at('.off.mkv'));
      const auto = await enlarge(source, truth, 'auto', at('.auto.mkv'));
      const differences = auto.psnr.map((psnr, i) => psnr - off.psnr[i]!);
      const gains = differences.filter((gain) => Number.isFinite(gain));
      const keyframes = keyframesOf(source).filter((i) => Number.isFinite(off.flicker[i]));
      const pops = [off, auto].map(({ flicker }) => mean(keyframes.map((i) => flicker[i]!)));
      const cells = [clip, auto.model, String(keyframes.length)].concat(
        pops.map((pop) => signed(pop, 2)),
        [signed(mean(gains), 3), signed(Math.min(...gains), 2)],
      );
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
} finally {
  if (made) await rm(folder, { recursive: true });
}
