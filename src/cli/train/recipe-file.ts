import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command, Option } from 'commander';
import { didYouMean } from '../../did-you-mean.js';
import { messageOf, VsrError } from '../../errors.js';
import { recipeMark, trainingFiles } from '../../training/saved/training-folder.js';
import { lossText } from '../../training/gradient/loss.js';
import { nameOf, valueFor, wordsIn, yaml } from '../process/yaml-options.js';
import type { TrainSettings } from '../../library/train/train-options.js';

/** Options that do not change what is trained, and so are no part of a recipe. */
const outside = ['recipe', 'resume', 'overwrite', 'json', 'progress', 'progress-fd', 'quiet'];

/** The long names that a recipe may have, without dashes. */
function recipeOptions(command: Command): Map<string, Option> {
  const options = command.options.map((option) => [nameOf(option), option] as const);
  return new Map(options.filter(([name]) => !outside.includes(name)));
}

/**
 * The options of a call, with those that it left out from the YAML file of `--recipe`: words and
 * values, each word an option's long name. Throws VsrError `disk` for a file that cannot be opened,
 * `option` for one that is no YAML, for an unknown word, for a value that its option does not take,
 * and where one of `needed` is in neither.
 */
export function optionsWithRecipe<Flags extends TrainSettings>(
  command: Command,
  needed: readonly (keyof TrainSettings)[],
): Flags {
  const { recipe: file } = command.opts<{ recipe?: string }>();
  const options = recipeOptions(command);
  for (const [word, value] of file === undefined
    ? []
    : Object.entries(wordsIn(file, 'the recipe', 'steps: 20000'))) {
    const option = options.get(word);
    if (option === undefined) throw unknownWord(word, file!, [...options.keys()]);
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, valueFor(option, value, `The recipe ${file}`), 'config');
  }
  for (const [word, option] of options) {
    const name = option.attributeName() as keyof TrainSettings;
    if (!needed.includes(name) || command.getOptionValue(name) !== undefined) continue;
    throw new VsrError('option', `Expected --${word} to be given, but it is missing.`);
  }
  return command.opts<Flags>();
}

function unknownWord(word: string, file: string, known: readonly string[]): VsrError {
  const close = didYouMean(word, known);
  const advice = close === '' ? 'vsr train --help lists all options.' : close;
  return new VsrError(
    'option',
    outside.includes(word)
      ? `The recipe ${file} has "${word}", which says how a run is made: give --${word} on the command line.`
      : `The recipe ${file} has the unknown word "${word}". ${advice}`,
  );
}

/** Options whose values are not written as they are. */
const forms: { readonly [K in keyof TrainSettings]?: (value: TrainSettings[K]) => string } = {
  split: (parts) => parts.join('/'),
  crf: (range) => range.join('-'),
  alsoReduced: (shares) => shares.join(','),
  loss: lossText,
  featureOutputs: (names) => names?.join(',') ?? '',
  init: (init) => ('deviation' in init ? `normal:${init.deviation}` : init.kind),
};

/** Writes every option of a run into its work folder, as a recipe that makes the same again. */
export function writeRecipe(command: Command, workFolder: string): void {
  const flags = command.opts<TrainSettings>();
  const values: Record<string, unknown> = {};
  for (const [word, option] of recipeOptions(command)) {
    const name = option.attributeName() as keyof TrainSettings;
    const value = flags[name];
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (isEmpty || word === 'help') continue;
    const form = forms[name] as ((value: unknown) => string) | undefined;
    values[word] = form?.(value) ?? value;
  }
  try {
    mkdirSync(workFolder, { recursive: true });
    writeFileSync(
      path.join(workFolder, trainingFiles.recipe),
      `${recipeMark}\n${yaml().stringify(values)}`,
    );
  } catch (cause) {
    const why = messageOf(cause);
    throw new VsrError('disk', `Could not write into ${workFolder}: ${why}.`, { cause });
  }
}
