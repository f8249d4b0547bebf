import { type Command, Option } from 'commander';
import {
  deinterlaceModes,
  denoiseWords,
  fieldOrders,
  repeatModes,
  telecineModes,
} from '../../../upscale/footage/footage-modes.js';
import { sourceKinds } from '../../../upscale/footage/source-kinds.js';
import type { UpscaleOptions } from '../../../upscale/plan/options.js';
import { realNumber } from '../../display/numbers.js';

/** What is done about fields, repeated pictures, borders and noise. */
export type FootageFlags = {
  source?: UpscaleOptions['source'] & string;
  deinterlace?: UpscaleOptions['deinterlace'] & string;
  fieldOrder?: UpscaleOptions['fieldOrder'] & string;
  telecine?: UpscaleOptions['telecine'] & string;
  repeats?: UpscaleOptions['repeats'] & string;
  crop?: string;
  denoise?: UpscaleOptions['denoise'] & (string | number);
};

/** Adds the options that say what is done about fields, repeated pictures and borders. */
export function withFootageOptions(command: Command): Command {
  return command
    .optionsGroup('Old footage (every clip is looked at, and what it is is said):')
    .addOption(
      new Option(
        '--source <kind>',
        'what the clip comes from: chooses what follows, where it is not given (default: auto, only say what was seen)',
      ).choices(sourceKinds),
    )
    .addOption(
      new Option(
        '--deinterlace [mode]',
        'make whole frames of fields; auto: where the clip was seen to be interlaced; frame: always; field: twice as many; auto-field: both',
      )
        .choices(deinterlaceModes)
        .preset('auto'),
    )
    .addOption(
      new Option('--field-order <first>', 'the field shown first (default: what was seen)').choices(
        fieldOrders,
      ),
    )
    .addOption(
      new Option(
        '--telecine <how>',
        'auto: put the pictures of film together that lie in several frames (default: off)',
      ).choices(telecineModes),
    )
    .addOption(
      new Option(
        '--repeats <how>',
        'drop: leave out frames that repeat the one before (default: keep)',
      ).choices(repeatModes),
    )
    .option('--crop <part>', 'auto: without black borders; or the part as W:H:X:Y (default: off)')
    .option(
      '--denoise <how>',
      'take noise out: auto measures it; or 0 to 1 (default: off)',
      (text) => (denoiseWords.some((word) => word === text) ? text : realNumber(text)),
    );
}
