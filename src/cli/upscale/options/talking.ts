import path from 'node:path';
import type { Command } from 'commander';
import { withEvents } from '../../process/program-options.js';

/** Output for people and programs, the programs that are used, and the configuration file. */
export type TalkingFlags = {
  quiet?: true;
  verbose?: true;
  config?: string;
  use?: string;
  ffmpeg?: string;
  ffprobe?: string;
};

/** Adds the options on messages, programs and the configuration file. */
export function withTalkingOptions(command: Command): Command {
  return withEvents(command.optionsGroup('Messages, configuration and programs:'))
    .option('-q, --quiet', 'only errors')
    .option('-v, --verbose', 'also print what a configuration file set')
    .option(
      '--config <file>',
      `YAML file with options by their long names, in place of ${path.join('~', '.config', 'vsr', 'config.yaml')}`,
    )
    .option('--use <preset>', 'take the options of this preset in the configuration file')
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use');
}
