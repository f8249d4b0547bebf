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
    .optionsGroup('Old footage (every clip is examined, and a line says what was found):')
    .addOption(
      new Option(
        '--source <kind>',
        'where the clip comes from: sets the options below that are not given (default: auto, only say what was found)',
      ).choices(sourceKinds),
    )
    .addOption(
      new Option(
        '--deinterlace [mode]',
        'make whole frames of fields; frame: one of each frame; field: one of each field, twice as many; auto and auto-field: the same, only where the clip was detected as interlaced',
      )
        .choices(deinterlaceModes)
        .preset('auto'),
    )
    .addOption(
      new Option(
        '--field-order <first>',
        'the field shown first (default: what was detected)',
      ).choices(fieldOrders),
    )
    .addOption(
      new Option(
        '--telecine <how>',
        'auto: reverse a telecine, which gives film its own pictures again (default: off)',
      ).choices(telecineModes),
    )
    .addOption(
      new Option(
        '--repeats <how>',
        'drop: leave out frames that repeat the one before (default: keep)',
      ).choices(repeatModes),
    )
    .option(
      '--crop <part>',
      'auto: take off black borders and head noise; or a part, as W:H:X:Y (default: off)',
    )
    .option(
      '--denoise <how>',
      'remove noise; auto: as much as is measured; or 0 to 1 (default: off)',
      (text) => (denoiseWords.some((word) => word === text) ? text : realNumber(text)),
    );
}
