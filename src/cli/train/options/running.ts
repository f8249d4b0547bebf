import { type Command, Option } from 'commander';
import { providerNames } from '../../../model/runtime/providers.js';
import { wholeNumber } from '../../display/numbers.js';
import { trainDefaults } from '../../../library/train/train-options.js';
import { withEvents } from '../../process/program-options.js';

/** Adds the options that say where the training runs, and what lies on disk. */
export function withRunningOptions(command: Command): Command {
  return withEvents(
    command
      .optionsGroup('Running:')
      .addOption(
        new Option('--provider <name>', 'where gradients are computed')
          .choices(providerNames)
          .default(trainDefaults.provider),
      )
      .option('--device <n>', 'GPU number', wholeNumber(0), trainDefaults.device)
      .option(
        '--workers <n>',
        'number of threads (the result does not depend on it)',
        wholeNumber(1),
        trainDefaults.workers,
      )
      .option(
        '--memory <MB>',
        'memory for pictures; twice as much is used if not all fit',
        wholeNumber(1),
        trainDefaults.memory,
      )
      .option('--work <folder>', 'checkpoint, metrics and curves (default: <out>.train)')
      .option(
        '--recipe <file.yaml>',
        'YAML file with options by their names; the command line overrides it. Each run writes its own options as recipe.yaml',
      )
      .option('--resume', 'go on from the checkpoint in the work folder')
      .option('--overwrite', 'replace an existing model, its card, and what an earlier run left'),
  ).option('-q, --quiet', 'only errors');
}
