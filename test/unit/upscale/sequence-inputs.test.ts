import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { findInputs } from '../../../src/upscale/plan/inputs.js';
import { checkOptions } from '../../../src/upscale/plan/settings.js';
import { checkSequences, sequenceOffers } from '../../../src/upscale/sequence-inputs.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A folder `frames` with empty files of these names, within a new folder of its own. */
async function frames(...names: string[]): Promise<string> {
  const folder = path.join(temporaryFolder(), 'frames');
  await mkdir(folder);
  for (const name of names) await writeFile(path.join(folder, name), '');
  return folder;
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `f_${String(i + 1).padStart(4, '0')}.png`);

async function found(word: string, asSequences: boolean) {
  const { inputs } = await findInputs([word], false, false, asSequences);
  return inputs.map(({ path: file, name, sequence }) => ({
    ...{ name, pattern: path.basename(file) },
    files: sequence?.files.map((each) => path.basename(each)) ?? null,
    lacking: sequence?.lacking ?? null,
  }));
}

test('a pattern, a glob and a folder are one clip, named after what stays of the pattern', async () => {
  const folder = await frames(...numbered(3), 'notes.txt');
  const files = numbered(3);
  const whole = { name: 'f', pattern: 'f_%04d.png', files, lacking: [] };
  assert.deepEqual(await found(path.join(folder, 'f_%04d.png'), false), [whole]);
  assert.deepEqual(await found(folder, true), [whole]);
  const glob = { ...whole, pattern: 'f_*.png' };
  assert.deepEqual(await found(path.join(folder, 'f_*.png'), true), [glob]);
  const bare = await frames('1.png', '2.png');
  assert.equal((await found(path.join(bare, '%d.png'), false))[0]!.name, 'frames');
});

test('gaps are refused by name in a pattern and a folder, and told of a glob', async () => {
  const folder = await frames('f_1.png', 'f_2.png', 'f_5.png', 'f_10.png');
  const refused = { code: 'media', message: /but f_3\.png, f_4\.png, .* are not there\. A quoted/ };
  await assert.rejects(found(path.join(folder, 'f_%d.png'), false), refused);
  await assert.rejects(found(folder, true), refused);
  const [glob] = await found(path.join(folder, '*.png'), true);
  assert.deepEqual(glob!.files, ['f_1.png', 'f_2.png', 'f_5.png', 'f_10.png']);
  assert.equal(glob!.lacking!.length, 6);
});

test('a folder with two runs or none, and a pattern without pictures, are refused', async () => {
  const two = await frames('a1.png', 'a2.png', 'b1.png', 'b2.png');
  await assert.rejects(found(two, true), /it holds a%d\.png, b%d\.png\. Name one of them/);
  await assert.rejects(found(await frames('x.png'), true), /numbered pictures in .*holds none/);
  await assert.rejects(found(path.join(two, 'c%d.png'), false), /such as c1\.png, but there are/);
});

test('a sequence needs --fps, --fps a sequence, and the machines of a queue take none', async () => {
  const folder = await frames(...numbered(3));
  const { inputs } = await findInputs([path.join(folder, 'f_%04d.png')], false, false);
  const check = (fps: string | undefined, isHere: boolean, all = inputs) =>
    checkSequences(all, checkOptions(fps === undefined ? {} : { fps }), isHere);
  check('24', true);
  const wrong = (message: RegExp) => ({ code: 'option', message });
  assert.throws(() => check(undefined, true), wrong(/^Expected --fps with the picture sequence/));
  assert.throws(() => check('24', false), wrong(/machines of a queue/));
  const { inputs: single } = await findInputs([path.join(folder, 'f_0001.png')], false, false);
  assert.throws(
    () => check('24', true, [...single]),
    wrong(/received .*f_0001\.png\. Quote a glob/),
  );
  for (const fps of ['0', 'fast', '24/0']) {
    assert.throws(() => checkOptions({ fps }), wrong(/Expected frames a second such as 25/));
  }
});

test('a folder of many numbered pictures is offered as one clip, with what to type', async () => {
  const folder = await frames(...numbered(12));
  const offers = async (...words: string[]) =>
    sequenceOffers((await findInputs(words, false, false)).inputs).map(({ note }) => note);
  assert.deepEqual(await offers(folder), [
    {
      kind: 'note',
      what: '12 numbered pictures',
      why: 'f_0001.png to f_0012.png are enlarged one by one',
      advice: `As the frames of one clip: vsr upscale ${path.join(folder, 'f_%04d.png')} --fps 25`,
    },
  ]);
  assert.deepEqual(await offers(path.join(folder, 'f_0001.png')), []);
  assert.deepEqual(await offers(await frames(...numbered(4))), []);
});
