import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/package-root.js';
import { writeLoopModel } from '../support/strange-models.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { vsrProgram } from '../support/run-vsr.js';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const sample = path.join(packageRoot(), 'samples', 'scene.mp4');

before(async () => {
  await writeLoopModel(at('turns-x2.onnx'), 3);
});

/** Files below `place`, relative to it. */
function filesBelow(place: string): string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)));
}

let runs = 0;

/** Runs Node with a home and a temporary folder that are empty; what is in them afterwards. */
async function traces(...words: string[]): Promise<string[]> {
  const place = at(`run${++runs}`);
  const home = path.join(place, 'home');
  const temporary = path.join(place, 'tmp');
  await mkdir(home, { recursive: true });
  await mkdir(temporary);
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, USERPROFILE: home };
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) env[name] = temporary;
  for (const name of ['XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'LOCALAPPDATA'])
    delete env[name];
  delete env.ORT_DISABLE_TELEMETRY;
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, words, { env, cwd: place }, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${words.join(' ')}: ${error.message}\n${stderr}`));
    });
  });
  return [...filesBelow(home), ...filesBelow(temporary).map((name) => `tmp/${name}`)];
}

/** What of `files` is not the cache that README names. */
const besidesCache = (files: readonly string[]): string[] =>
  files.filter((name) => !/^(\.cache\/vsr|Library\/Caches\/vsr|AppData\/Local\/vsr)\//.test(name));

const calls: Readonly<Record<string, () => string[]>> = {
  upscale: () => ['upscale', sample, '--frames', '2', '-o', at('a.mp4'), '--preset', 'ultrafast'],
  'upscale with a model that must be tried': () => [
    'upscale',
    sample,
    '--frames',
    '1',
    '-m',
    at('turns-x2.onnx'),
    '-o',
    at('b.mp4'),
  ],
  evaluate: () => ['evaluate', sample, '--frames', '1'],
  doctor: () => ['doctor'],
};

for (const [name, words] of Object.entries(calls)) {
  test(`${name} leaves nothing in the home and temporary folders but our own cache`, async () => {
    const left = await traces(vsrProgram, ...words());
    assert.deepEqual(besidesCache(left), []);
  });
}

test('training leaves nothing either', async () => {
  const data = at('pictures');
  await mkdir(data);
  const { default: sharp } = await import('sharp');
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  await sharp({ create: { width: 96, height: 96, channels: 3, background: 'grey', noise } })
    .png()
    .toFile(path.join(data, 'a.png'));
  await copyFile(path.join(data, 'a.png'), path.join(data, 'b.png'));
  const left = await traces(
    ...[vsrProgram, 'train', '--data', data, '--scale', '2', '--arch', 'espcn-16', '--steps', '2'],
    ...['--out', at('tiny.onnx'), '--batch', '2', '--patch', '16'],
  );
  assert.deepEqual(besidesCache(left), []);
});

test('the library leaves nothing either', async () => {
  const index = pathToFileURL(path.join(packageRoot(), 'build', 'src', 'index.js')).href;
  const body = `
    import { upscale } from ${JSON.stringify(index)};
    for await (const event of upscale(${JSON.stringify(sample)}, { output: ${JSON.stringify(at('c.mp4'))}, frames: 1 }))
      if (event.type === 'end' && event.outcome.status !== 'done') throw event.outcome.error;`;
  await writeFile(at('library.mjs'), body);
  assert.deepEqual(besidesCache(await traces(at('library.mjs'))), []);
});
