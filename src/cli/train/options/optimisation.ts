import { type Command, Option } from 'commander';
import { discriminatorNames } from '../../../model/discriminators/list.js';
import { losses } from '../../../training/gradient/loss.js';
import { optimisers } from '../../../training/optimiser/optimisers.js';
import { schedules } from '../../../training/optimiser/schedule.js';
import { wholeNumber } from '../../display/numbers.js';
import { listOf, parseLoss, positive } from './train-arguments.js';
import { trainDefaults, usualDiscriminatorRate } from '../../../library/train/train-options.js';
import { defaultsOf } from './architecture-defaults.js';

/** Adds the options that say how the weights are found. */
export function withOptimisationOptions(command: Command): Command {
  const grouped = command.optionsGroup('Optimisation:');
  return withCourseOptions(withStepOptions(withLossOptions(grouped)));
}

/** What training minimises. */
function withLossOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--loss <terms>',
        `what is minimised: ${losses.join(', ')}, or several with weights, such as mse:1,perceptual:0.1`,
      )
        .argParser(parseLoss)
        .default(trainDefaults.loss),
    )
    .option(
      '--features <file.onnx>',
      'feature network of perceptual, features and texture losses (default: the one that ships)',
    )
    .option(
      '--feature-outputs <names>',
      'the outputs of the feature network that are compared (default: all, if the file is your own)',
      listOf(String),
    )
    .addOption(
      new Option(
        '--discriminator <name>',
        `network that judges for the adversarial loss, and learns at the same time (default: ${discriminatorNames[0]})`,
      ).choices(discriminatorNames),
    )
    .option(
      '--discriminator-lr <rate>',
      `the discriminator’s highest learning rate (default: ${usualDiscriminatorRate})`,
      positive,
    );
}

/** How one step is taken, and on which patches. */
function withStepOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--optimiser <name>', 'method that turns gradients into steps')
        .choices(optimisers)
        .default(trainDefaults.optimiser),
    )
    .addOption(
      new Option('--schedule <name>', 'how the learning rate changes in the course of the run')
        .choices(schedules)
        .default(trainDefaults.schedule),
    )
    .option(
      '--lr <rate>',
      'highest learning rate (for Adam 2e-3, for Muon 1e-3 to 2e-3, for AdaDelta 1)',
      positive,
      trainDefaults.lr,
    )
    .option('--batch <n>', 'patches per step', wholeNumber(1), trainDefaults.batch)
    .option(
      '--patch <n>',
      `low-resolution samples each way of a patch (default: 40, or ${defaultsOf('patch')})`,
      wholeNumber(1),
    );
}

/** How long a run goes on, what it draws, measures and keeps. */
function withCourseOptions(command: Command): Command {
  return command
    .option('--steps <n>', 'number of steps', wholeNumber(1), trainDefaults.steps)
    .option(
      '--average <n>',
      'steps over which the weights are averaged; 1 for none',
      wholeNumber(1),
      1000,
    )
    .option('--seed <n>', 'seed of all random numbers', wholeNumber(0), trainDefaults.seed)
    .option(
      '--val-every <n>',
      'steps between validations, each with a checkpoint',
      wholeNumber(1),
      1000,
    )
    .addOption(
      new Option('--keep <which>', 'which weights are written: the best on validation, or the last')
        .choices(['best', 'last'])
        .default(trainDefaults.keep),
    );
}
