import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { create } from 'tar';
import { runtimeVersion } from '../../../../src/model/runtime/provider-files.js';
import { installFrom } from '../../../../src/model/runtime/provider-source.js';
import { elfOf } from '../../../support/elf.js';
import { zipOf } from '../../../support/zip.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const [cudaName, sharedName] = [
  'libonnxruntime_providers_cuda.so',
  'libonnxruntime_providers_shared.so',
];
const skip = process.platform === 'linux' ? false : 'the files are for Linux';

type Places = { readonly source: string; readonly target: string; readonly work: string };

/** A source with made-up provider files of `version`, two folders down, and two empty folders. */
async function placesWith(version: string): Promise<Places> {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const deep = at('source/runtimes/native');
  await mkdir(deep, { recursive: true });
  for (const name of ['target', 'work']) await mkdir(at(name));
  const cuda = elfOf({ needs: ['libcublasLt.so.13', 'libc.so.6'], text: version });
  await writeFile(path.join(deep, cudaName), cuda);
  await writeFile(path.join(deep, sharedName), elfOf({ needs: ['libc.so.6'] }));
  await writeFile(at('source/README.md'), 'Not wanted.');
  return { source: at('source'), target: at('target'), work: at('work') };
}

async function assertInstalled({ source, target }: Places): Promise<void> {
  assert.deepEqual((await readdir(target)).sort(), [cudaName, sharedName]);
  for (const name of [cudaName, sharedName]) {
    const from = await readFile(path.join(source, 'runtimes/native', name));
    assert.deepEqual(await readFile(path.join(target, name)), from);
  }
}

test('provider files come from a folder, whatever lies around them', { skip }, async () => {
  const places = await placesWith(runtimeVersion());
  const made = await installFrom(places.source, places.target, places.work);
  assert.equal(made.cuda, 13);
  assert.equal(made.version, runtimeVersion());
  await assertInstalled(places);
});

test('they come from a tar archive, and names in it lead nowhere else', { skip }, async () => {
  const places = await placesWith(runtimeVersion());
  const archive = path.join(places.work, '../gpu.tgz');
  await create({ gzip: true, file: archive, cwd: places.source }, ['.']);
  await installFrom(archive, places.target, places.work);
  await assertInstalled(places);
});

test('they come from a zip archive such as NuGet’s', { skip }, async () => {
  const places = await placesWith(runtimeVersion());
  const archive = path.join(places.work, '../gpu.nupkg');
  const native = path.join(places.source, 'runtimes/native');
  const files = [cudaName, sharedName].map(
    async (name) => [`runtimes/native/${name}`, await readFile(path.join(native, name))] as const,
  );
  await writeFile(archive, zipOf(Object.fromEntries(await Promise.all(files))));
  await installFrom(archive, places.target, places.work);
  await assertInstalled(places);
});

test(
  'files of another ONNX Runtime are refused with both versions, and nothing is written',
  { skip },
  async () => {
    const places = await placesWith('1.2.3');
    await assert.rejects(installFrom(places.source, places.target, places.work), (error: Error) => {
      assert.match(error.message, /of 1\.2\.3/);
      assert.ok(error.message.includes(runtimeVersion()));
      return true;
    });
    assert.deepEqual(await readdir(places.target), []);
  },
);

test(
  'sources that are none, hold none or cannot be read are one sentence each',
  { skip },
  async () => {
    const { target, work } = await placesWith(runtimeVersion());
    const at = (name: string): string => path.join(work, '..', name);
    await mkdir(at('empty'));
    await writeFile(at('x.txt'), 'text');
    await writeFile(at('text.tgz'), 'This is no archive.');
    await writeFile(at('text.zip'), 'This is no archive.');
    const cases: [string, string, RegExp][] = [
      [at('none'), 'provider', /does not exist/],
      [at('x.txt'), 'option', /archive \(\.tgz, .*\.whl\)/],
      [at('empty'), 'provider', /but found neither/],
      [at('text.tgz'), 'provider', /Could not read the archive/],
      [at('text.zip'), 'provider', /Could not read the archive/],
      ['npm:--registry=x', 'option', /npm:<package>/],
    ];
    for (const [i, [source, code, message]] of cases.entries()) {
      const place = path.join(work, String(i));
      await mkdir(place);
      await assert.rejects(installFrom(source, target, place), { code, message }, source);
    }
    assert.deepEqual(await readdir(target), []);
  },
);
