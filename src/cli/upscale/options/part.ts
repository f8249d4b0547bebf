import { type Command, Option } from 'commander';
import { type UpscaleOptions, steadyNames } from '../../../upscale/plan/options.js';
import { parseTime, wholeNumber } from '../../display/numbers.js';

/** Which part of the clip is enlarged. */
export type PartFlags = {
  start?: number;
  end?: number;
  frames?: number;
  steady: UpscaleOptions['steady'] & string;
};

/** Adds the options that say which part of the clip is enlarged. */
export function withPartOptions(command: Command): Command {
  return command
    .optionsGroup('Part of the clip:')
    .option('--start <time>', 'in point, seconds or [h:]m:s', (text) => parseTime(text, '--start'))
    .option('--end <time>', 'out point', (text) => parseTime(text, '--end'))
    .option('--frames <n>', 'enlarge at most this many frames', wholeNumber(1))
    .addOption(
      new Option(
        '--steady <how>',
        'auto: average still areas of compressed sources, so that they pop less at keyframes; off: leave them as they are',
      )
        .choices(steadyNames)
        .default('auto'),
    );
}
