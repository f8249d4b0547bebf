import type { Command } from 'commander';

/** What the frames are measured against, and where that is written. */
export type MeasuringFlags = {
  reference?: string;
  log: string | boolean;
};

/** Adds the options that say what is measured, and where that is written. */
export function withMeasuringOptions(command: Command): Command {
  return command
    .optionsGroup('Measuring:')
    .option('--reference <file>', 'ground truth for the log')
    .option('--log <file>', 'per-frame PSNR log, .csv or .jsonl (default: <output>.psnr.csv)')
    .option('--no-log', 'no log');
}
