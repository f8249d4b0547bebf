import type { Command } from 'commander';
import { parseTime, wholeNumber } from '../../display/numbers.js';

/** Which part of the clip is enlarged. */
export type PartFlags = {
  start?: number;
  end?: number;
  frames?: number;
};

/** Adds the options that say which part of the clip is enlarged. */
export function withPartOptions(command: Command): Command {
  return command
    .optionsGroup('Part of the clip:')
    .option('--start <time>', 'in point, seconds or [h:]m:s', (text) => parseTime(text, '--start'))
    .option('--end <time>', 'out point', (text) => parseTime(text, '--end'))
    .option('--frames <n>', 'enlarge at most this many frames', wholeNumber(1));
}
