import { type Command, Option } from 'commander';
import { priorities, type Priority } from '../../../queue/priority.js';
import { collected, withQueueOptions, type QueueFlags } from '../../queue/queue-flags.js';

/** What of a call is about the workers of a queue. */
export type SubmitFlags = QueueFlags & {
  root?: string[];
  priority?: Priority;
  detach?: true;
};

/** Adds the options that give the work to the workers of a queue. */
export function withSubmitOptions(command: Command): Command {
  const group = command.optionsGroup('Many machines:');
  return withQueueOptions(group, 'let the workers of this queue do it: redis://host:port')
    .option(
      '--root <name=folder>',
      'a folder that the machines share, by its common name',
      collected,
    )
    .addOption(
      new Option('--priority <which>', 'interactive clips come first (default: batch)').choices(
        priorities,
      ),
    )
    .option('--detach', 'submit, and do not wait for the end');
}
