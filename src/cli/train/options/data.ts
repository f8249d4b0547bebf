import { type Command, Option } from 'commander';
import { wholeNumber } from '../../display/numbers.js';
import { leavingShare, listOf, parseSplit, share } from './train-arguments.js';
import { trainDefaults } from '../../../library/train/train-options.js';

/** Adds the options that say what is learnt from. */
export function withDataOptions(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .option(
      '--data <places...>',
      'required: folders, pictures and clips; <place>@0.5 halves its pictures first',
    )
    .option('--val <places...>', 'pictures to validate with, instead of a part of --data')
    .addOption(
      new Option(
        '--split <t/v/t>',
        'parts of the files for training, validation and the test at the end',
      )
        .argParser(parseSplit)
        .default(trainDefaults.split, trainDefaults.split.join('/')),
    )
    .addOption(
      new Option(
        '--also-reduced <list>',
        'train on each picture also reduced to these shares of its size',
      )
        .argParser(listOf(share))
        .default(trainDefaults.alsoReduced, 'none'),
    )
    .option('--min-side <n>', 'pass over pictures with a side of fewer samples', wholeNumber(1))
    .option(
      '--square <n>',
      'take the largest square in the middle of each picture, reduced to this many samples each way',
      wholeNumber(1),
    )
    .option(
      '--charts <share>',
      'share of the training pictures that are synthetic charts of flat colours and ramps, so that white stays white (default: 0.1 for RGB, otherwise 0)',
      leavingShare,
    )
    .option('--licence <text>', 'the licence of the data, for the card');
}
