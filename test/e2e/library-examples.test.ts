import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import sharp from 'sharp';
import ts from 'typescript';
import { packageRoot } from '../../src/package-root.js';
import { ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

/** Examples of docs/library.md, in order, by the heading above each. */
const examples = readFileSync(path.join(packageRoot(), 'docs', 'library.md'), 'utf8')
  .split(/^## /m)
  .flatMap((section) =>
    [...section.matchAll(/^```ts example\n([^]*?)^```$/gm)].map(([, code], i) => ({
      title: `${section.split('\n')[0]!}${i === 0 ? '' : ` (${i + 1})`}`,
      code: code!,
    })),
  );

/** Within the package, whose own name then stands for it. */
const code = temporaryFolder(path.join(packageRoot(), 'build'));
const folder = temporaryFolder();
const before_ = process.cwd();

before(async () => {
  process.chdir(folder);
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=1'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', 'clip.mp4');
  await writeFile('broken.mp4', 'no clip');
  await mkdir('photos');
  for (const n of [1, 2]) await writeWaves(path.join('photos', `${n}.png`), n);
  await writeWaves('photo.png', 3);
});
after(() => process.chdir(before_));

/**
 * Makes the examples JavaScript, without a look at their types, which takes longer than they do.
 */
async function compile(): Promise<string[]> {
  const files = examples.map((_, i) => path.join(code, `example-${i}.js`));
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  for (const [i, example] of examples.entries()) {
    await writeFile(files[i]!, ts.transpileModule(example.code, { compilerOptions }).outputText);
  }
  return files;
}

test('every example of the library’s page does what it says', async (t) => {
  assert.equal(examples.length, 8);
  const said: string[] = [];
  t.mock.method(console, 'log', (...words: unknown[]) => void said.push(words.join(' ')));
  for (const [i, file] of (await compile()).entries()) {
    await t.test(examples[i]!.title, async () => {
      await import(file);
    });
  }
  for (const line of [
    /^64 48 10$/,
    /^\/.*clip\.x2\.mp4 128 96 espcn-16-\S+ \d+$/,
    /preview\.html \d+ [\d.]+ \d+$/,
    /^enlarge 10 10 /,
    /broken\.mp4 media Expected a clip but /,
    /clip\.x2\.mp4 done \d+/,
    /^done$/,
    /^64 48 4608$/,
    /^\d\d\.\d+ \d\d\.\d+ 0$/,
    /vs-clip\.mp4 \d+\.\d+ clip\.mp4$/,
    /clip\.x2\.mp4\.report\.html$/,
    /^4 4$/,
    /^option 2 Expected .*crf/,
  ]) {
    assert.ok(
      said.some((each) => line.test(each)),
      `${line} is not in\n${said.join('\n')}`,
    );
  }
  assert.equal((await sharp('photo.x2.png').metadata()).width, 80);
  assert.ok(existsSync('mine-x2.onnx'));
});
