import { Command, Option } from 'commander';
import { wholeNumber } from '../display/numbers.js';

/** How a job may say how far it is. */
const progressForms = ['auto', 'json'] as const;

/** The option of commands that can answer in JSON. Read by `openAnswer`. */
export function withJson(command: Command): Command {
  return command.option(
    '--json',
    'one machine-readable summary on standard output, nothing else there',
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
        'json: events on standard error, one JSON object a line, and nothing else there',
      )
        .choices(progressForms)
        .default('auto'),
    )
    .option(
      '--progress-fd <n>',
      'the events on this file descriptor, beside what is said to people',
      wholeNumber(1),
    );
}
