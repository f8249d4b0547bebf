import { Command } from 'commander';
import { catalogue, type CatalogueEntry } from '../../model/catalogue/catalogue.js';
import { formatTable } from '../display/table.js';

const examples = `
Examples:
  vsr models                       the catalogue with its figures
  vsr models --json | jq '.[].name'
  vsr upscale clip.mp4 -m espcn-16-x2

Figures are mean Y-PSNR in dB on the usual benchmarks (BT.601 Y, scale pixels cut from the border);
in brackets what plain bicubic gives. Of a model for the second of chained passes they are those of both passes.`;

/** The command `vsr models`. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('Lists the models and their figures.')
    .option('--json', 'the cards as JSON')
    .addHelpText('after', examples)
    .action(async (flags: { json?: true }) => {
      const entries = await catalogue();
      const text =
        flags.json === true
          ? JSON.stringify(
              entries.map(({ card, file }) => ({ ...card, file })),
              null,
              2,
            )
          : modelTable(entries);
      process.stdout.write(`${text}\n`);
    });
}

function figure(entry: CatalogueEntry, set: string): string {
  const figures = entry.card.figures[set];
  return figures === undefined
    ? ''
    : `${figures.psnr.toFixed(2)} (${figures.bicubicPsnr.toFixed(2)})`;
}

/** The catalogue as a table. */
export function modelTable(entries: readonly CatalogueEntry[]): string {
  if (entries.length === 0) return 'No models: the folder models/ is empty.';
  const rows = entries.map((entry) => [
    entry.name,
    `${entry.scale}x${entry.card.after === undefined ? '' : ` after ${entry.card.after.scale}x`}`,
    String(entry.card.parameters),
    figure(entry, 'Set5'),
    figure(entry, 'Set14'),
    entry.card.trainedOn.map(({ name }) => name).join(', '),
  ]);
  return formatTable(
    ['model', 'scale', 'weights', 'Set5', 'Set14', 'trained on'],
    rows,
    new Set([2]),
  );
}
