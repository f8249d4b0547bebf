import type { Command } from 'commander';
import { nameFields } from '../../../upscale/plan/names.js';

/** Where the output goes, and what is said of it. */
export type OutputFlags = {
  output?: string;
  name?: string;
  overwrite?: true;
  dryRun?: true;
  report?: string | true;
};

/** Adds the options that say where the output goes, and what is said of it. */
export function withOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option(
      '-o, --output <path>',
      'file, folder, out/f_%04d.png for numbered pictures, or - for Matroska on standard output',
    )
    .option(
      '--name <template>',
      `names of outputs, "{stem}.{scale}x{ext}"; with ${nameFields.map((field) => `{${field}}`).join(', ')} (default: "{stem}.x{scale}{ext}")`,
    )
    .option('--overwrite', 'replace a file of that name that another job or program made')
    .option(
      '--dry-run',
      'only say what would be done, how large the output would be, and what it would lack',
    )
    .option('--report [file.html]', 'make a page that shows what was done');
}
