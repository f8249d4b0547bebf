import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { packageRoot } from '../../src/package-root.js';

/** What the files of each folder of src may import: their own folder and these. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  planes: [],
  media: ['planes'],
  model: ['planes'],
  metrics: ['planes'],
  enlarge: ['planes', 'model', 'metrics'],
  upscale: ['planes', 'media', 'model', 'metrics', 'enlarge'],
  training: ['planes', 'media', 'model', 'metrics', 'enlarge', 'upscale'],
  report: ['planes', 'media', 'model', 'metrics', 'enlarge', 'upscale', 'training'],
  cli: ['planes', 'media', 'model', 'metrics', 'enlarge', 'upscale', 'training', 'report'],
};
/** Files of src itself that every folder may import. */
const ground = new Set([
  'beside-name.ts',
  'errors.ts',
  'native-work.ts',
  'package-root.ts',
  'start-thread.ts',
  'version.ts',
]);

const src = path.join(packageRoot(), 'src');

function sources(): string[] {
  const names = readdirSync(src, { recursive: true }) as string[];
  return names.filter((name) => name.endsWith('.ts')).map((name) => name.split(path.sep).join('/'));
}

/** Files of src that `name` imports, statically or not, relative to src. */
function importsOf(name: string): string[] {
  const text = readFileSync(path.join(src, name), 'utf8');
  const found = text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...found].map(([, where]) =>
    path.posix.join(path.posix.dirname(name), where!).replace(/\.js$/, '.ts'),
  );
}

test('imports point one way', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const name of sources()) {
    const folder = name.split('/')[0]!;
    if (folder === name) continue; // index.ts and the ground itself.
    const rules = allowed[folder];
    assert.ok(rules !== undefined, `${folder} has no rule here`);
    for (const target of importsOf(name)) {
      seen++;
      const to = target.split('/')[0]!;
      if (to !== folder && !rules.includes(to) && !ground.has(target))
        wrong.push(`${name} imports ${target}`);
    }
  }
  assert.ok(seen > 200, `only ${seen} imports were found`);
  assert.deepEqual(wrong, []);
});

test('nothing imports in a circle', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      circles.push([...way.slice(way.indexOf(name)), name].join(' -> '));
      return;
    }
    state.set(name, 'open');
    for (const target of staticImportsOf(name)) visit(target, [...way, name]);
    state.set(name, 'done');
  };
  for (const name of sources()) visit(name, []);
  assert.deepEqual(circles, []);
});

/** Imports that exist when the program runs: those of types alone are gone by then. */
function staticImportsOf(name: string): string[] {
  const text = readFileSync(path.join(src, name), 'utf8').replace(/import type [^;]*;/g, '');
  const found = text.matchAll(/from\s*'(\.[^']+)'/g);
  return [...found].map(([, where]) =>
    path.posix.join(path.posix.dirname(name), where!).replace(/\.js$/, '.ts'),
  );
}

test('every import of onnxruntime-node, sharp and fluent-ffmpeg waits until it is needed', () => {
  const eager = sources().filter((name) => {
    const text = readFileSync(path.join(src, name), 'utf8').replace(/import type [^;]*;/g, '');
    const isWorker = /-worker\.ts$/.test(name); // A thread that exists for it.
    return !isWorker && /^import .*from '(onnxruntime-node|sharp|fluent-ffmpeg)'/m.test(text);
  });
  assert.deepEqual(eager, []);
});

test('only the command line prints or ends the process', () => {
  const loud = sources().filter((name) => {
    if (name.startsWith('cli/')) return false;
    const text = readFileSync(path.join(src, name), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    return /process\.exit\(|console\.|process\.std(out|err)\.write/.test(text);
  });
  assert.deepEqual(loud, []);
});

test('README names every option of vsr upscale', async () => {
  const { upscaleCommand } = await import('../../src/cli/upscale/upscale.js');
  const readme = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8');
  const options = upscaleCommand().options.map((option) => option.long!);
  assert.ok(options.length > 25);
  assert.deepEqual(
    options.filter((name) => !readme.includes(name)),
    [],
  );
});

test('docs/architecture.md names every room, and no other', () => {
  const page = readFileSync(path.join(packageRoot(), 'docs/architecture.md'), 'utf8');
  const named = [...page.matchAll(/^\| `([a-z/0-9-]+)` \|/gm)].map(([, room]) => room!);
  const rooms = new Set(sources().map((name) => path.posix.dirname(name)));
  rooms.delete('.');
  assert.deepEqual(named.toSorted(), [...rooms].toSorted());
});

test('the index of decisions names every page with its number, and every page has a status', () => {
  const folder = path.join(packageRoot(), 'docs/adr');
  const index = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  assert.ok(pages.length > 10);
  for (const page of pages) {
    const number = Number(page.slice(0, 4));
    assert.ok(index.includes(`[${number}](${page})`), `${page} is not in the index`);
    assert.match(readFileSync(path.join(folder, page), 'utf8'), /^# \d+\. .+\n\nStatus: \w/, page);
  }
  const numbers = [...index.matchAll(/^\| (?:\[)?([\d, ]+)/gm)].flatMap(([, list]) =>
    list!.split(',').map(Number),
  );
  assert.deepEqual(
    numbers.toSorted((a, b) => a - b),
    numbers.map((_, i) => i + 1),
    'a number is missing from the index',
  );
});
