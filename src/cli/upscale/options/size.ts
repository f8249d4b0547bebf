import type { Command } from 'commander';
import { scaleNumber } from '../../display/numbers.js';

/** How large the output is to be. */
export type SizeFlags = {
  scale?: number;
  to?: string;
};

/** Adds the options that say how large the output is to be. */
export function withSizeOptions(command: Command): Command {
  return command
    .optionsGroup('Size:')
    .option(
      '-s, --scale <n>',
      'enlargement each way, a product of the models’ scales; 1 for models that clean (default: 2)',
      scaleNumber,
    )
    .option(
      '--to <size>',
      'a size to reach instead: 1920x1080, 720p, 1080p, 4k; the aspect ratio is kept',
    );
}
