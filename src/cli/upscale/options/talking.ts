import path from 'node:path';
import type { Command } from 'commander';
import { withEvents } from '../../process/program-options.js';

/** What is said, which programs are used, and where further options are read from. */
export type TalkingFlags = {
  quiet?: true;
  verbose?: true;
  config?: string;
  use?: string;
  ffmpeg?: string;
  ffprobe?: string;
};

/** Adds the options that say what is said, and what surrounds the job. */
export function withTalkingOptions(command: Command): Command {
  return withEvents(command.optionsGroup('Talking:'))
    .option('-q, --quiet', 'only errors')
    .option('-v, --verbose', 'also print what a configuration file set')
    .option(
      '--config <file>',
      `YAML file with options by their long names, in place of ${path.join('~', '.config', 'vsr', 'config.yaml')}`,
    )
    .option('--use <preset>', 'take the options of this preset in the configuration file')
    .option('--ffmpeg <path>', 'this ffmpeg')
    .option('--ffprobe <path>', 'this ffprobe');
}
