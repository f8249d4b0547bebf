import type { Command } from 'commander';

/** What commander gives of the options of this group. */
export type SequenceFlags = { fps?: string };

/** Adds the options about pictures that are the frames of one clip. */
export function withSequenceOptions(command: Command): Command {
  return command
    .optionsGroup('Picture sequences:')
    .option(
      '--fps <rate>',
      'frames a second of f_%04d.png, or of what a quoted glob or a folder holds of numbered pictures, as one clip',
    );
}
