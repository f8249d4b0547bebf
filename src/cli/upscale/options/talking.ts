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
    .option('-v, --verbose', 'also what a configuration file set')
    .option(
      '--config <file>',
      `options by their names, as YAML, in place of ${path.join('~', '.config', 'vsr', 'config.yaml')}`,
    )
    .option('--use <preset>', 'options that the configuration file has under presets by this name')
    .option('--ffmpeg <path>', 'this ffmpeg')
    .option('--ffprobe <path>', 'this ffprobe');
}
