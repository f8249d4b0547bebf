import { type Command, Option } from 'commander';
import { degradations } from '../../../training/pictures/degrade.js';
import { realNumber } from '../../display/numbers.js';
import { fraction, parseCrf } from './train-arguments.js';
import { trainDefaults } from '../../../library/train/train-options.js';

/** Adds the options that say how the low resolution is made. */
export function withLowResolutionOptions(command: Command): Command {
  return command
    .optionsGroup('Low resolution:')
    .addOption(
      new Option('--degrade <kind>', 'how the low resolution is made')
        .choices(degradations)
        .default(trainDefaults.degrade),
    )
    .addOption(
      new Option(
        '--crf <range>',
        'x264 CRF for --degrade codec; for codecs, equally coarse settings of each encoder',
      )
        .argParser(parseCrf)
        .default(trainDefaults.crf, trainDefaults.crf.join('-')),
    )
    .option(
      '--clean <share>',
      'share of the pictures that --degrade codec or codecs leaves uncoded',
      fraction,
      trainDefaults.clean,
    )
    .option(
      '--fields <share>',
      'share of the pictures that --degrade codecs makes of fields, deinterlaced as vsr upscale does',
      fraction,
      trainDefaults.fields,
    )
    .option(
      '--full-range <share>',
      'share of the pictures whose luma is stretched from 16-235 to 0-255, as in full-range clips; none for RGB',
      fraction,
      trainDefaults.fullRange,
    )
    .option(
      '--noise <deviation>',
      'Gaussian noise added, in sample values',
      realNumber,
      trainDefaults.noise,
    )
    .option(
      '--after <model>',
      'train on what this model (or bicubic@1.5) makes of a smaller picture: for the second of two passes',
    );
}
