import { type Command, Option } from 'commander';
import { priorities, type Priority } from '../../../queue/priority.js';
import type { ShareFlags } from '../../queue/open-share.js';
import { collected, withQueueOptions, type QueueFlags } from '../../queue/queue-flags.js';

/** The options of a call that concern the workers of a queue. */
export type SubmitFlags = QueueFlags &
  ShareFlags & {
    root?: string[];
    priority?: Priority;
    detach?: true;
  };

/** Adds the options that submit clips to the workers of a queue. */
export function withSubmitOptions(command: Command): Command {
  const group = command.optionsGroup('Many machines:');
  return withQueueOptions(group, 'let the workers of this queue do it: redis://host:port')
    .option(
      '--root <name=folder>',
      'a folder that the machines share, and its name on all of them',
      collected,
    )
    .addOption(
      new Option(
        '--priority <which>',
        'interactive clips come before those of a batch (default: batch)',
      ).choices(priorities),
    )
    .option('--detach', 'submit the clips and do not wait for the end')
    .option(
      '--share [address:port]',
      'serve the clips over HTTP to workers without --root, and receive their results (default: the address by which this machine reaches the queue, and a free port)',
    )
    .option('--share-cert <file.pem>', 'serve them over TLS, with this certificate')
    .option('--share-key <file.pem>', 'the key of that certificate');
}
