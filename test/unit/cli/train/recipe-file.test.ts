import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { optionsWithRecipe, writeRecipe } from '../../../../src/cli/train/recipe-file.js';
import { trainCommand } from '../../../../src/cli/train/train.js';
import type { TrainSettings } from '../../../../src/library/train/train-options.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
let files = 0;

function recipe(text: string): string {
  const file = path.join(folder, `${++files}.yaml`);
  writeFileSync(file, text);
  return file;
}

type Flags = TrainSettings & { recipe?: string };

function optionsOf(words: readonly string[]) {
  const command = trainCommand();
  command.parseOptions([...words]);
  return { command, flags: optionsWithRecipe<Flags>(command, ['data', 'out']) };
}

test('a recipe gives options by their names, and the command line goes before it', () => {
  const file = recipe(
    'data: [one, two]\nout: a.onnx\narch: patch-mlp\nscale: 1.5\nsplit: 75/12.5/12.5\ninit: normal:0.02\nalso-reduced: 0.7,0.5\nint8: false\nsteps: 300\nlr: 1e-4\ncrf: 20-30\nmin-side: 64\n',
  );
  const { flags } = optionsOf(['--recipe', file, '--steps', '7', '--data', 'three']);
  assert.deepEqual(flags.data, ['three']);
  assert.deepEqual(
    [flags.out, flags.arch, Number(flags.scale), flags.steps, flags.lr, flags.minSide],
    ['a.onnx', 'patch-mlp', 1.5, 7, 1e-4, 64],
  );
  assert.deepEqual(flags.split, [75, 12.5, 12.5]);
  assert.deepEqual(flags.init, { kind: 'normal', deviation: 0.02 });
  assert.deepEqual(
    [flags.alsoReduced, flags.crf],
    [
      [0.7, 0.5],
      [20, 30],
    ],
  );
  // Where it stands does not matter.
  assert.equal(optionsOf(['--steps', '7', '--recipe', file]).flags.steps, 7);
  assert.deepEqual(optionsOf(['--recipe', file]).flags.data, ['one', 'two']);
});

test('what ran is written as a recipe that says the same', () => {
  const words =
    '--data a b --out m.onnx --split 80/10/10 --crf 23 --init xavier --also-reduced 0.5';
  const { command, flags } = optionsOf([...words.split(' '), '--square', '96', '--resume']);
  const work = path.join(folder, 'work');
  mkdirSync(work);
  writeRecipe(command, work);
  const file = path.join(work, 'recipe.yaml');
  assert.doesNotMatch(readFileSync(file, 'utf8'), /resume|recipe/);
  const { resume, ...again } = flags;
  assert.equal(resume, true);
  const { recipe: from, ...read } = optionsOf(['--recipe', file]).flags;
  assert.equal(from, file);
  assert.deepEqual(read, again);
});

test('what is wrong with a recipe is said in one sentence', () => {
  const given = 'data: x\nout: a.onnx\n';
  for (const [text, wanted] of [
    [`${given}step: 5\n`, /has the unknown word "step"\. Did you mean steps\?$/],
    [
      `${given}wavelengths: 5\n`,
      /has the unknown word "wavelengths"\. vsr train --help lists all options\.$/,
    ],
    [`${given}resume: true\n`, /"resume", which says how a run is made: give --resume on the/],
    [`${given}arch: lenet\n`, /wrong value for arch: Allowed choices are espcn, /],
    [`${given}steps: -3\n`, /wrong value for steps: Expected a whole number of at least 1\./],
    [`${given}int8: maybe\n`, /wrong value for int8: Expected true or false\./],
    [`${given}steps: {a: 1}\n`, /wrong value for steps: Expected a number or a word\./],
    ['data: x\n', /^Expected --out to be given, but it is missing\.$/],
    ['out: a.onnx\n', /^Expected --data to be given, but it is missing\.$/],
    ['just words', /^Expected options by their names in the recipe .*, one per line, such as /],
    ['a: [1', /^Cannot read the recipe .*: /],
  ] as const) {
    const file = recipe(text);
    assert.throws(() => optionsOf(['--recipe', file]), { code: 'option', message: wanted });
  }
  assert.throws(() => optionsOf(['--recipe', path.join(folder, 'none.yaml')]), {
    code: 'disk',
    message: /^Cannot read the recipe .*none\.yaml: there is no such file\.$/,
  });
});
