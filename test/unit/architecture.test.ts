import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { packageRoot } from '../../src/package-root.js';

/**
 * The floors of src, from the ground up: a file may import its own floor and those below it. Floors
 * on one line stand side by side and know nothing of each other.
 */
const floors: readonly (readonly string[])[] = [
  ['planes', 'files'],
  ['media', 'model', 'metrics'],
  ['enlarge'],
  ['upscale'],
  ['training'],
  ['report'],
  ['library'],
  ['queue'],
  ['serve'],
  ['cli'],
];
/** Floors that stay out of reach although they lie below: enlarging knows no files. */
const outOfReach: Readonly<Record<string, readonly string[]>> = { enlarge: ['media', 'files'] };
/** Files of src itself that every folder may import. */
const ground = new Set([
  'did-you-mean.ts',
  'end-at-once.ts',
  'errors.ts',
  'events.ts',
  'names-apart.ts',
  'native-work.ts',
  'map-ordered.ts',
  'pace.ts',
  'pause-control.ts',
  'package-root.ts',
  'printable.ts',
  'show-time.ts',
  'start-thread.ts',
  'telemetry.ts',
  'version.ts',
]);

/** Source files that one folder may hold. */
const mostFiles = 16;

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

/** What the files of a floor may import besides their own. */
function allowedBelow(floor: string): string[] {
  const level = floors.findIndex((row) => row.includes(floor));
  assert.ok(level >= 0, `${floor} is no floor of this house: give it a place here`);
  const below = floors.slice(0, level).flat();
  return below.filter((name) => outOfReach[floor]?.includes(name) !== true);
}

test('imports point one way', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const name of sources()) {
    const floor = name.split('/')[0]!;
    if (floor === name) continue; // index.ts and the ground itself.
    const below = allowedBelow(floor);
    for (const target of importsOf(name)) {
      seen++;
      const to = target.split('/')[0]!;
      if (to !== floor && !below.includes(to) && !ground.has(target))
        wrong.push(`${name} imports ${target}`);
    }
  }
  assert.ok(seen > 200, `only ${seen} imports were found`);
  assert.deepEqual(wrong, []);
});

/** The circles of a graph, each as the way round it. */
function circlesIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (state.get(name) === 'done') return;
    if (state.get(name) === 'open') {
      circles.push([...way.slice(way.indexOf(name)), name].join(' -> '));
      return;
    }
    state.set(name, 'open');
    for (const target of arrows.get(name) ?? []) visit(target, [...way, name]);
    state.set(name, 'done');
  };
  for (const name of arrows.keys()) visit(name, []);
  return circles;
}

test('no files import each other in a circle, not even types', () => {
  const arrows = new Map(sources().map((name) => [name, new Set(importsOf(name))]));
  assert.deepEqual(circlesIn(arrows), []);
});

test('no rooms import each other in a circle', () => {
  const arrows = new Map<string, Set<string>>();
  for (const name of sources()) {
    const room = path.posix.dirname(name);
    if (room === '.') continue;
    const targets = importsOf(name).map((target) => path.posix.dirname(target));
    const others = targets.filter((target) => target !== '.' && target !== room);
    arrows.set(room, new Set([...(arrows.get(room) ?? []), ...others]));
  }
  assert.ok(arrows.size > 30, `only ${arrows.size} rooms were found`);
  assert.deepEqual(circlesIn(arrows), []);
});

test('no room holds more files than one can look over', () => {
  const files = new Map<string, number>();
  for (const name of sources()) {
    const room = path.posix.dirname(name);
    files.set(room, (files.get(room) ?? 0) + 1);
  }
  assert.deepEqual(
    [...files].filter(([, count]) => count > mostFiles).map(([room]) => room),
    [],
  );
});

test('nothing is exported that only tests call, unless its comment says so', () => {
  const texts = new Map<string, string>();
  for (const name of sources()) texts.set(name, readFileSync(path.join(src, name), 'utf8'));
  const scripts = path.join(packageRoot(), 'scripts');
  const programs = readdirSync(scripts)
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => readFileSync(path.join(scripts, name), 'utf8'));
  const whole = [...texts.values(), ...programs].join('\n').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
  const mentions = new Map<string, number>();
  for (const [word] of whole.matchAll(/\b[\w$]+\b/g))
    mentions.set(word, (mentions.get(word) ?? 0) + 1);
  const idle: string[] = [];
  let seen = 0;
  for (const [name, text] of texts) {
    const exported = text.matchAll(
      /(\/\*\*(?:(?!\*\/)[^])*\*\/\n)?export (?:async )?(?:function\*?|const|class|type|interface) (\w+)/g,
    );
    for (const [, comment = '', word] of exported) {
      seen++;
      if (mentions.get(word!) === 1 && !/\buses it yet\b/.test(comment))
        idle.push(`${name}: ${word}`);
    }
  }
  assert.ok(seen > 500, `only ${seen} exports were found`);
  assert.deepEqual(idle, []);
});

test('every import of onnxruntime-node, sharp and fluent-ffmpeg waits until it is needed', () => {
  const eager = sources().filter((name) => {
    const text = readFileSync(path.join(src, name), 'utf8').replace(/import type [^;]*;/g, '');
    const isWorker = /-worker\.ts$/.test(name); // A thread that exists for it.
    return !isWorker && /^import .*from '(onnxruntime-node|sharp|fluent-ffmpeg)'/m.test(text);
  });
  assert.deepEqual(eager, []);
});

test('one file alone loads onnxruntime-node, where its telemetry is switched off', () => {
  const loads = /(?:import\(\s*'onnxruntime-node'|^import (?!type).*from 'onnxruntime-node')/m;
  const root = packageRoot();
  const found = ['src', 'test', 'scripts'].flatMap((folder) =>
    (readdirSync(path.join(root, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
      .filter((name) => {
        const text = readFileSync(path.join(root, name), 'utf8');
        return loads.test(text.replace(/typeof import\('onnxruntime-node'\)/g, ''));
      }),
  );
  assert.deepEqual(found, ['src/model/runtime/onnx-runtime.ts']);
});

test('only src/media builds command lines for ffmpeg and starts it', () => {
  const others = sources().filter((name) => {
    if (name.startsWith('media/')) return false;
    const text = readFileSync(path.join(src, name), 'utf8');
    return /\b(startProcess|runProcess|buildArguments)\b|'-(vsync|fps_mode|i|map|vf|c:v)'/.test(
      text,
    );
  });
  assert.deepEqual(others, []);
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
