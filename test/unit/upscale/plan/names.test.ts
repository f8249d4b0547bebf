import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { checkTemplate, nameFields, outputName } from '../../../../src/upscale/plan/names.js';
import { outputFor } from '../../../../src/upscale/plan/output-place.js';
import { upscale } from '../../../../src/upscale/upscale.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { writeFile } from 'node:fs/promises';

const values = {
  ...{ stem: 'clip', ext: '.mkv', scale: '2', width: '640', height: '360' },
  ...{ model: 'research/espcn-16-x2', folder: 'tapes' },
};

test('an output is named by its template', () => {
  assert.equal(outputName(null, values), 'clip.x2.mkv');
  assert.equal(outputName('{stem}.{scale}x{ext}', values), 'clip.2x.mkv');
  assert.equal(
    outputName('{folder} {stem} {width}x{height} {model}.mp4', values),
    'tapes clip 640x360 research-espcn-16-x2.mp4',
    'no field makes a folder',
  );
});

test('a template that gives no names is refused, unknown fields with those that are known', () => {
  const all = nameFields.map((field) => `{${field}}`).join(', ');
  for (const [template, message] of [
    ['{stem}.{skale}x{ext}', `Expected fields of ${all} for name but received "{skale}".`],
    ['{}', `Expected fields of ${all} for name but received "{}".`],
    ['{stem', `Expected a file name with fields of ${all} for name but received "{stem".`],
    ['', `Expected a file name with fields of ${all} for name but received "".`],
    [
      'a/{stem}{ext}',
      'Expected a file name without folders for name but received "a/{stem}{ext}". Name the folder with -o.',
    ],
  ] as const) {
    assert.throws(() => checkTemplate(template), { code: 'option', message });
  }
  for (const template of ['{stem}{ext}', 'fixed.mkv', '{stem} {width}{ext}']) {
    checkTemplate(template);
  }
});

test('templates name files beside the source or below the folder of -o, which mirrors folders', async () => {
  const input = {
    path: path.resolve('/tapes/a/clip.avi'),
    below: 'a',
    foundBy: 'tapes',
    name: 'a-clip',
  };
  const name = '{folder}-{stem}.{scale}x{ext}';
  const at = (output: string | null) => outputFor(input, { output, name }, values);
  assert.equal(await at(null), path.resolve('/tapes/a/a-a-clip.2x.mkv'));
  assert.equal(await at('/nowhere/out/'), path.resolve('/nowhere/out/a/a-a-clip.2x.mkv'));
  await assert.rejects(at('/nowhere/out.mkv'), {
    code: 'option',
    message: /a folder that ends in a slash, since there is --name, for output but .*out\.mkv/,
  });
});

test('a template without {stem} cannot name two sources that go to one folder', async () => {
  const folder = temporaryFolder();
  const clips = ['a.mp4', 'b.mp4'].map((name) => path.join(folder, name));
  for (const clip of clips) await writeFile(clip, '');
  const events = upscale(clips, { name: '{folder}{ext}', dryRun: true });
  await assert.rejects(events.next(), {
    code: 'option',
    message: /\{stem\} in it, since .*a\.mp4 and .*b\.mp4 go to one folder, for name but/,
  });
});
