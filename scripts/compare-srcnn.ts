// Trains the three-layer network on RGB twice, equally long and on equally many pictures: once on
// pictures of nature alone, once on pictures of all kinds. Then measures both on pictures that
// neither was trained on, of buildings and of nature (docs/experiments/srcnn.md):
// node build/scripts/compare-srcnn.js [--steps=n] [--work=folder]
//
// The pictures are expected in ../shared/data. Networks that are in the work folder (default:
// build/training/srcnn-kinds) already are not trained again.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../src/package-root.js';
import { listImages } from '../src/training/pictures/list-images.js';
import { evaluated, option, printTable, vsr } from './run-vsr.js';

const root = packageRoot();
const data = path.join(root, '..', 'shared', 'data');
const work = path.resolve(option('work') ?? path.join(root, 'build', 'training', 'srcnn-kinds'));
const steps = Number(option('steps') ?? 1500);

/** Pictures of `open_photos` that show animals, plants and landscapes, and nothing built. */
const nature = [
  ...['cid22_1029604', 'cid22_1147124', 'cid22_1459534', 'cid22_146083', 'cid22_2127969'],
  ...['cid22_2738653', 'cid22_3044702', 'cid22_3396657', 'cid22_53435', 'cid22_631292'],
  ...['cid22_631317', 'cid22_67216', 'cid22_962312', 'elementary_morskie-oko'],
  ...['elementary_rob-bye', 'elementary_ryan-schroeder', 'fedora28_purple-dream'],
  ...['fedora30_great-oak-in-claremont', 'fedora30_mushroom-family', 'fedora31_grand-park'],
  ...['fedora31_morning-at-sea', 'fedora31_swimming-penguin', 'hoppe_crimson'],
  ...['lomiri16_aitzgorri-by-aitzol-berasategi', 'lomiri16_dragonfly-by-bolly'],
  ...['lomiri16_life-by-aitzol-berasategi', 'nextcloud_gorilla', 'pop_jad-limcaco-183877'],
  ...['pop_sean-afnan-244576', 'ubuntumate_hu-chen-unsplash-baby-hippo-with'],
];

/** Pictures that neither network is trained on. */
const measured = {
  buildings: [
    ...['cid22_106399', 'cid22_1130683', 'cid22_1370704', 'cid22_1583339', 'cid22_164338'],
    ...['cid22_1722183', 'cid22_2272939', 'cid22_2599868', 'cid22_3779828'],
    ...['cid22_pexels-photo-7078476', 'elementary_viktor-forgacs', 'hoppe_burano-768x512'],
  ],
  nature: [
    ...['elementary_snow-capped-mountain', 'fedora30_lonely-tree-in-kenya'],
    ...['fedora30_snow-on-balanced-rock', 'fedora31_watt', 'hoppe_lillian-640x480'],
    ...['lomiri16_picosdeeuropa-by-aitzol-berasate', 'ubuntumate_blue-lobster'],
    'ubuntumate_hans-jurgen-mager-indri',
  ],
};

const photos = (await listImages([path.join(data, 'train', 'open_photos')])).map(
  ({ file }) => file,
);
const nameOf = (file: string) => path.basename(file, path.extname(file));
const named = (names: readonly string[]) => photos.filter((file) => names.includes(nameOf(file)));
const apart = Object.values(measured).flat();
const others = photos.filter((file) => !apart.includes(nameOf(file)));
/** As many pictures of all kinds, from all of the list. */
const mixed = nature.map((_, i) => others[Math.floor((i * others.length) / nature.length)]!);

const networks: Readonly<Record<string, readonly string[]>> = { nature: named(nature), mixed };
const fileOf = (name: string) => path.join(work, `${name}.onnx`);

await mkdir(work, { recursive: true });
for (const [name, pictures] of Object.entries(networks)) {
  if (existsSync(fileOf(name))) continue;
  console.error(`training ${name} on ${pictures.map(nameOf).join(', ')}`);
  await vsr(
    ...['train', '--arch', 'srcnn', '--scale', '2', '--data', ...pictures, '--split', '100/0/0'],
    ...['--batch', '4', '--patch', '20', '--lr', '1e-3', '--steps', `${steps}`, '--seed', '1'],
    ...['--average', `${steps / 10}`, '--val-every', `${steps}`, '--keep', 'last'],
    ...['--memory', '600', '-o', fileOf(name), '--overwrite'],
  );
}

type Figures = { readonly psnrY: number; readonly rmse: number };

/** The figures of one picture, by network and by other method. */
type Row = { readonly file: string; readonly of: Readonly<Record<string, Figures>> };

async function rowsOf(places: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of Object.keys(networks)) {
    const options = ['-m', fileOf(name), '--scale', '2', '--protocol', 'rgb'];
    for (const [i, outcome] of (await evaluated<Figures>(...places, ...options)).entries()) {
      const { figures } = outcome.summary;
      rows[i] = { file: outcome.clip, of: { ...rows[i]?.of, ...figures } };
      Object.assign(rows[i].of, { [name]: Object.values(figures)[0] });
    }
  }
  return rows;
}

const methods = ['bilinear', 'bicubic', 'nature', 'mixed'] as const;
const head = ['', ...methods.map((name) => `RMSE ${name}`), ...methods.map((name) => `Y ${name}`)];
const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const cellsOf = (rows: readonly Row[]) => [
  ...methods.map((name) => meanOf(rows.map(({ of }) => of[name]!.rmse))),
  ...methods.map((name) => meanOf(rows.map(({ of }) => of[name]!.psnrY))),
];

const means: (string | number)[][] = [];
for (const [what, places] of Object.entries({
  buildings: named(measured.buildings),
  nature: named(measured.nature),
})) {
  const rows = await rowsOf(places);
  if (what === 'buildings') {
    printTable(
      head,
      rows.map((row) => [nameOf(row.file), ...cellsOf([row])]),
    );
  }
  const better = (name: string, than: string) =>
    `${rows.filter(({ of }) => of[name]!.rmse < of[than]!.rmse).length} of ${rows.length}`;
  const wins = [better('nature', 'bilinear'), better('mixed', 'bilinear')];
  means.push([what, ...cellsOf(rows), ...wins, better('nature', 'mixed')]);
}
printTable([...head, 'nature below linear', 'mixed below linear', 'nature below mixed'], means);
