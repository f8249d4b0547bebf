import { Command, Option } from 'commander';
import { precisionNames, providerNames } from '../../upscale/plan/options.js';
import { wholeNumber } from '../display/numbers.js';

/** Forms of progress. */
const progressForms = ['auto', 'json'] as const;

/** The option of commands that can answer in JSON. Read by `openAnswer`. */
export function withJson(command: Command): Command {
  return command.option(
    '--json',
    'write one machine-readable summary to standard output, and nothing else',
  );
}

/** The options of commands that run networks: where. */
export function withProvider(command: Command): Command {
  return command
    .addOption(
      new Option('--provider <name>', 'where networks run').choices(providerNames).default('auto'),
    )
    .option('--device <n>', 'GPU number', wholeNumber(0));
}

/** The same and in which precision, for commands that run them as vsr upscale does. */
export function withPrecision(command: Command): Command {
  return withProvider(command).addOption(
    new Option('--precision <name>', 'precision of the model, as for vsr upscale')
      .choices(precisionNames)
      .default('auto'),
  );
}

/**
 * The options of commands that may take long, for programs that call them. Read by `openAnswer`.
 */
export function withEvents(command: Command): Command {
  return withJson(command)
    .addOption(
      new Option(
        '--progress <form>',
        'json: write events to standard error, one JSON object per line, and nothing else',
      )
        .choices(progressForms)
        .default('auto'),
    )
    .option(
      '--progress-fd <n>',
      'write the events to this file descriptor, besides the usual output',
      wholeNumber(1),
    );
}
