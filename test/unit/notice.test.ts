import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { catalogue } from '../../src/model/catalogue/catalogue.js';
import type { CardFigures } from '../../src/model/catalogue/card.js';
import { packageRoot } from '../../src/package-root.js';

const read = (name: string): string => readFileSync(path.join(packageRoot(), name), 'utf8');

/** Licences that ask for nothing but their own text. */
const permissive = [
  ...['MIT', 'ISC', '0BSD', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  '(MIT OR CC0-1.0)',
];

type Locked = { readonly license?: string; readonly dev?: boolean };

test('NOTICE names every package that is installed under more than a permissive licence', () => {
  const notice = read('NOTICE');
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, Locked>;
  };
  const names: string[] = [];
  for (const [place, { license, dev }] of Object.entries(packages)) {
    if (place === '' || dev === true) continue;
    const name = place.replace(/^.*node_modules\//, '');
    // What the lock file does not know is in the package itself, where that is installed.
    if (license === undefined) {
      const text = existsSync(path.join(packageRoot(), place)) ? read(`${place}/package.json`) : '';
      if (/"MIT"|MIT-LICENSE|licenses\/MIT/.test(text)) continue;
      if (name === 'async') continue; // 0.2.10 states MIT in an older form of the field.
    } else if (permissive.includes(license)) continue;
    names.push(name);
  }
  assert.ok(names.length >= 10, `only ${names.length} were found`);
  const missing = names.filter((name) => {
    const family = name.replace(/\/[^/]+$/, '');
    const kind = name.startsWith('@img/sharp-libvips-')
      ? '@img/sharp-libvips-*'
      : name.startsWith('@img/sharp-')
        ? '@img/sharp-*'
        : name;
    return !notice.includes(kind) && !notice.includes(`${family}/`);
  });
  assert.deepEqual(missing, []);
});

test('NOTICE names every picture set that a network was trained on, with its licence', async () => {
  const lines = read('NOTICE').split('\n');
  const entries = await catalogue();
  assert.ok(entries.length > 5);
  for (const { name, card } of entries) {
    for (const set of card.trainedOn) {
      const line = lines.find((each) => each.trim().startsWith(`${set.name}  `));
      assert.ok(line?.endsWith(`  ${set.licence}`), `${name}: ${set.name}, ${set.licence}`);
    }
  }
});

test('NOTICE is in the package, and README leads to it', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  assert.ok(files.includes('NOTICE'));
  assert.match(read('README.md'), /\[NOTICE\]\(NOTICE\)/);
});

test('README’s figures of the networks are those of their cards', async () => {
  const entries = await catalogue();
  const two = (value: number): string => value.toFixed(2);
  const seen = new Set<string>();
  for (const line of read('README.md').split('\n')) {
    const [, first = '', set5 = '', set14 = ''] = line.split('|').map((cell) => cell.trim());
    const names = [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    const head = entries.find(({ name }) => name === names[0]);
    if (head === undefined || !/^\d\d\.\d\d/.test(set5)) continue;
    // `-int8-x3` beside `espcn-16-int8-x2` is short for espcn-16-int8-x3.
    const full = names.map((name) => (name.startsWith('-') ? `espcn-16${name}` : name));
    const figures = [set5, set14].map((cell) =>
      cell.split(/, | \(/).map((text) => parseFloat(text)),
    );
    full.forEach((name, i) => {
      const entry = entries.find((each) => each.name === name);
      assert.ok(entry !== undefined, `${name} is no model`);
      seen.add(name);
      for (const [k, set] of ['Set5', 'Set14'].entries()) {
        const card: CardFigures = entry.card.figures[set]!;
        assert.equal(
          two(figures[k]![full.length === 1 ? 0 : i]!),
          two(card.psnr),
          `${name} ${set}`,
        );
        if (full.length === 1)
          assert.equal(two(figures[k]![1]!), two(card.bicubicPsnr), `${name} ${set}, bicubic`);
      }
    });
  }
  assert.deepEqual(
    entries.map(({ name }) => name).filter((name) => !seen.has(name)),
    [],
  );
});
