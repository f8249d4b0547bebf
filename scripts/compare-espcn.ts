// Trains the ESPCN paper's network in short runs on equal terms, one choice changed at a time, and
// prints a table for each question of docs/experiments/espcn.md:
// node build/scripts/compare-espcn.js [--steps=n] [--work=folder]
//
// The pictures are expected in ../shared/data. Networks that are in the work folder (default:
// build/training/espcn) already are not trained again.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../src/package-root.js';
import { evaluated, option, printTable, vsr } from './run-vsr.js';

const root = packageRoot();
const data = path.join(root, '..', 'shared', 'data');
const work = path.resolve(option('work') ?? path.join(root, 'build', 'training', 'espcn'));
const steps = Number(option('steps') ?? 3000);

/** What the runs have in common. */
const usual = [
  ...['--arch', 'espcn', '--scale', '2', '--batch', '16', '--patch', '20', '--steps', `${steps}`],
  ...['--full-range', '0', '--average', `${steps / 10}`, '--val-every', `${steps / 6}`],
  ...['--keep', 'last', '--memory', '600'],
];
const stills = path.join(data, 'train', 'open_photos');
const footage = path.join(data, 'train', 'open_footage');
const oneClip = path.join(footage, 'cups-a.mp4');

/** A folder of every `every`-th frame of clips, made once. */
async function framesOf(place: string, every: number): Promise<string> {
  const folder = path.join(work, `frames-${path.basename(place, '.mp4')}`);
  await vsr('extract', place, '-o', folder, '--every', String(every));
  return folder;
}

/** Each network: what it is trained on, and what is otherwise than usual. */
const networks: Readonly<Record<string, readonly string[]>> = {
  stills: ['--data', stills],
  blur: ['--data', stills, '--degrade', 'blur'],
  tanh: ['--data', stills, '--activation', 'tanh'],
  'one-clip': ['--data', await framesOf(oneClip, 2)],
  footage: ['--data', await framesOf(footage, 4)],
};

const fileOf = (name: string) => path.join(work, `${name}.onnx`);

type Figures = { readonly psnrY: number };

/** Mean Y-PSNR in dB of a network, or of a baseline, over `places`, by `vsr evaluate`. */
async function meanPsnr(
  model: string,
  places: readonly string[],
  more: readonly string[] = [],
): Promise<(which: string) => number> {
  const outcomes = await evaluated<Figures>(...places, '-m', model, ...more);
  return (which) => {
    // The float model is the first of those measured.
    const found = outcomes.map(({ summary: { figures } }) =>
      which === 'ours' ? Object.values(figures)[0]! : figures[which]!,
    );
    return found.reduce((sum, { psnrY }) => sum + psnrY, 0) / found.length;
  };
}

const bench = (set: string) => [path.join(data, 'bench', set)];
const clip = (name: string) => [path.join(data, 'clips', name)];

await mkdir(work, { recursive: true });
for (const [name, how] of Object.entries(networks)) {
  if (existsSync(fileOf(name))) continue;
  console.error(`training ${name}`);
  await vsr('train', ...usual, ...how, '-o', fileOf(name), '--overwrite');
}

const rows: (string | number)[][] = [];
for (const name of ['stills', 'blur']) {
  const cells: (string | number)[] = [`trained on ${name === 'stills' ? 'bicubic' : 'blur'}`];
  for (const degrade of ['bicubic', 'blur']) {
    for (const set of ['Set5', 'Set14']) {
      const of = await meanPsnr(fileOf(name), bench(set), ['--degrade', degrade]);
      cells.push(`${of('ours').toFixed(2)} (${of('bicubic').toFixed(2)})`);
    }
  }
  rows.push(cells);
}
printTable(['', 'bicubic, Set5', 'bicubic, Set14', 'blur, Set5', 'blur, Set14'], rows.splice(0));

for (const name of ['stills', 'tanh']) {
  const cells: (string | number)[] = [name === 'stills' ? 'relu' : name];
  for (const set of ['Set5', 'Set14'])
    cells.push((await meanPsnr(fileOf(name), bench(set)))('ours'));
  rows.push(cells);
}
printTable(['activation', 'Set5', 'Set14'], rows.splice(0));

const frames = ['--frames', '12'];
for (const [shown, places] of [
  ['cups-a, the clip itself', [oneClip]],
  ['cups-b, 3 s later', [path.join(footage, 'cups-b.mp4')]],
  ...['squirrel.mp4', 'butterfly.mp4', '05_default_juggle.mp4', 'foreman_h264.mp4'].map(
    (name) => [name.replace(/\..*/, ''), clip(name)] as const,
  ),
] as const) {
  const cells: (string | number)[] = [shown];
  for (const name of ['one-clip', 'footage', 'stills']) {
    const of = await meanPsnr(fileOf(name), places, frames);
    if (cells.length === 1) cells.push(of('bicubic'));
    cells.push(of('ours'));
  }
  rows.push(cells);
}
printTable(
  ['measured on', 'bicubic', 'trained on cups-a', 'on 20 clips', 'on stills'],
  rows.splice(0),
);

for (const scale of ['2', '4']) {
  for (const set of ['Set5', 'Set14']) {
    const of = await meanPsnr('espcn-x2', bench(set), ['--scale', scale]);
    rows.push([`${scale}x, ${set}`, of('bilinear'), of('bicubic'), of('ours')]);
  }
}
printTable(['', 'bilinear', 'bicubic', '`espcn-x2`'], rows);
