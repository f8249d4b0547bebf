import type { Command } from 'commander';

/** Options about pictures that are the frames of one clip. */
export type SequenceFlags = { fps?: string };

/** Adds the options about pictures that are the frames of one clip. */
export function withSequenceOptions(command: Command): Command {
  return command
    .optionsGroup('Picture sequences:')
    .option(
      '--fps <rate>',
      'make one clip of numbered pictures (f_%04d.png, a quoted glob or a folder) at this many frames per second',
    );
}
