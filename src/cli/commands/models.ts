import { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import { catalogue, type CatalogueEntry } from '../../model/catalogue/catalogue.js';
import { familyOf } from '../../model/catalogue/family.js';
import {
  choiceOf,
  defaultQuality,
  qualities,
  type Quality,
  secondFamily,
} from '../../model/catalogue/quality.js';
import { originalOf } from '../../model/catalogue/in-precision.js';
import { printable } from '../../printable.js';
import { addFacts, isAnsweredInJson } from '../process/answer.js';
import { withJson } from '../process/program-options.js';
import { screenWidth } from '../display/say.js';
import { formatTable } from '../display/table.js';

const examples = `
Examples:
  vsr models                       the catalogue with its figures
  vsr models --json | jq '.facts.models[].name'
  vsr upscale clip.mp4 -m espcn-16-x2

Figures are mean Y-PSNR in dB on the usual benchmarks (BT.601 Y, scale pixels cut from the border);
in brackets what plain bicubic gives. Of a model for the second of chained passes they are those of both passes.`;

/** The command `vsr models`. */
export function modelsCommand(): Command {
  const command = new Command('models').description('Lists the models and their figures.');
  return withJson(command)
    .addHelpText('after', examples)
    .action(async () => {
      const entries = await catalogue();
      addFacts({ models: entries.map(({ card, file }) => ({ ...card, file })) });
      if (isAnsweredInJson()) return;
      const width = Math.min(widest, screenWidth(process.stdout, widest));
      process.stdout.write(`${modelTable(entries, width)}\n`);
    });
}

function figure(entry: CatalogueEntry, set: string): string {
  const figures = entry.card.figures[set];
  return figures === undefined
    ? ''
    : `${figures.psnr.toFixed(2)} (${figures.bicubicPsnr.toFixed(2)})`;
}

/** The most columns that the table takes, however wide the screen is. */
const widest = 100;

function qualityWords(quality: Quality): string {
  return quality === defaultQuality ? 'default' : `--quality ${quality}`;
}

/** What a model is for, as far as its card and its name say. */
function useOf(entry: CatalogueEntry, entries: readonly CatalogueEntry[]): string {
  const original = originalOf(entry.card);
  const copied = entries.find(({ card }) => card.sha256 === original?.sha256);
  if (copied !== undefined) return `8-bit copy of ${copied.name}`;
  const after = [defaultQuality, ...qualities].find(
    (each) => secondFamily(each) === familyOf(entry.name),
  );
  if (after !== undefined) return `${qualityWords(after)} after a first pass`;
  const choice = choiceOf(entries, entry);
  if (choice === null) {
    return entry.name.startsWith('research/') ? 'research only, by -m' : 'by -m';
  }
  const how = qualityWords(choice.quality);
  return choice.kind === 'clean' ? how : `${how} for ${choice.kind} sources`;
}

/** The models by the data that they were trained on, one line for each set of data. */
function trainedOn(entries: readonly CatalogueEntry[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, card } of entries) {
    // Plain bicubic was not trained at all.
    if (card.trainedOn.length === 0) continue;
    const data = card.trainedOn.map((set) => `${set.name} (${set.licence})`).join('; ');
    groups.set(data, [...(groups.get(data) ?? []), name]);
  }
  const largest = Math.max(...[...groups.values()].map((names) => names.length));
  return [...groups].map(
    ([data, names]) =>
      `${names.length === largest && names.length > 1 ? 'Trained' : `${names.join(', ')}: trained`} on ${data}.`,
  );
}

/** The catalogue as a table of at most `width` columns, and lines below it. */
export function modelTable(entries: readonly CatalogueEntry[], width: number): string {
  if (entries.length === 0) return 'No models: the folder models/ is empty.';
  const rows = entries.map((entry) => [
    entry.name,
    `${entry.scale}x${entry.card.after === undefined ? '' : ` after ${entry.card.after.scale}x`}`,
    String(entry.card.parameters),
    figure(entry, 'Set5'),
    figure(entry, 'Set14'),
    useOf(entry, entries),
  ]);
  const header = ['model', 'scale', 'weights', 'Set5', 'Set14', 'use'];
  const table = formatTable(header, rows, { right: new Set([2]), width });
  const notes = trainedOn(entries).map((line) => wrapAnsi(printable(line), width));
  return `${table}\n\n${notes.join('\n')}`;
}
