import { Command, Option } from 'commander';
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
