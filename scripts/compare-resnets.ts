// Trains small residual networks on RGB in short runs on equal terms, one choice changed at a time,
// and prints a row of a table for each (docs/experiments/resnet.md):
// node build/scripts/compare-resnets.js [--steps=n] ["name of a row"...]
//
// The pictures are expected in ../shared/data.
import path from 'node:path';
import { networkOf } from '../src/model/architectures/list.js';
import type { Network } from '../src/model/language/network.js';
import { packageRoot } from '../src/package-root.js';
import { initialWeights } from '../src/training/optimiser/initial-weights.js';
import { listImages } from '../src/training/pictures/list-images.js';
import type { PictureItem } from '../src/training/pictures/picture-item.js';
import type { TrainPlan } from '../src/training/plan/plan.js';
import { shortRun } from './short-run.js';

const data = path.join(packageRoot(), '..', 'shared', 'data');
const steps = Number(process.argv.find((word) => word.startsWith('--steps='))?.slice(8) ?? 800);
const seed = 1;

/** Pictures of `open_photos` that show people. */
const people = [
  ...['cid22_1428647', 'cid22_1618269', 'cid22_3214023', 'cid22_4934193', 'cid22_5739122'],
  ...['cid22_7062177', 'cid22_7218572', 'cid22_pexels-photo-1075776'],
  ...['cid22_pexels-photo-1544724', 'cid22_pexels-photo-2686358', 'cid22_pexels-photo-2811087'],
  ...['cid22_pexels-photo-3193731', 'cid22_pexels-photo-4352249', 'cid22_pexels-photo-6635187'],
  ...['clic25_28d24b9c83de066597ff96a68769884f', 'clic25_a10ae819a2d24873079c93346200cab3'],
];
/** Five more, which no run here is trained on. */
const peopleApart = [
  ...['cid22_pexels-photo-1933873', 'cid22_pexels-photo-3155588', 'cid22_pexels-photo-3586798'],
  ...['cid22_pexels-photo-7266811', 'clic25_14ab4af28901fbeb1356b06d2d08ae06'],
];

const nameOf = ({ file }: { readonly file: string }) => path.basename(file, path.extname(file));
const photos = await listImages([path.join(data, 'train', 'open_photos')]);
const named = (names: readonly string[]) => photos.filter((item) => names.includes(nameOf(item)));
const others = photos.filter((item) => ![...people, ...peopleApart].includes(nameOf(item)));
/** As many pictures of anything but people, from all of the list. */
const general = others.filter((_, i) => i % Math.floor(others.length / people.length) === 0);
const bench = (set: string) => listImages([path.join(data, 'bench', set)]);
const groups = [await bench('Set5'), await bench('Set14'), named(peopleApart)];
const validation = groups.flat();

const usual = networkOf('resnet', 4, { depth: 5, width: 16 });
const variants: readonly (readonly [string, Network, readonly PictureItem[]])[] = [
  ['as in `resnet-x4`', usual, general],
  ['without the bicubic picture added', { ...usual, skip: 'none' }, general],
  [
    'without the residual blocks’ own skips',
    {
      ...usual,
      blocks: usual.blocks.flatMap((block) => (block.kind === 'residual' ? block.blocks : block)),
    },
    general,
  ],
  [
    'without the residual blocks',
    { ...usual, blocks: usual.blocks.filter(({ kind }) => kind !== 'residual') },
    general,
  ],
  ['trained on pictures of people', usual, named(people)],
];

function planOf(network: Network, training: readonly PictureItem[], folder: string): TrainPlan {
  return {
    ...{ network, initial: initialWeights(network, seed), training, validation, test: [] },
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    ...{ loss: 'charbonnier', schedule: 'one-cycle', batch: 4, patch: 24, steps, seed },
    ...{ rate: 1e-3, averaged: Math.ceil(steps / 10), validateEvery: steps, keep: 'last' },
    ...{ workers: 2, windowBytes: 600e6, out: path.join(folder, 'none.onnx') },
    ...{ workFolder: folder, resume: false, trainedOn: [], recipe: {} },
  };
}

console.log('| over bicubic, dB | Set5 | Set14 | five pictures of people |');
console.log('| --- | ---: | ---: | ---: |');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
for (const [what, network, training] of variants) {
  if (wanted.length > 0 && !wanted.includes(what)) continue;
  const { gains } = await shortRun((folder) => planOf(network, training, folder));
  const cells = groups.map((group) => {
    const found = group.map(({ file }) => gains.get(file)!);
    return (found.reduce((sum, gain) => sum + gain, 0) / found.length).toFixed(2);
  });
  console.log(`| ${[what, ...cells].join(' | ')} |`);
}
