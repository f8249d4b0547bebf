import type { Command } from 'commander';

/** Which sound and subtitles are kept. */
export type TrackFlags = {
  audio?: string;
  subs?: string;
};

/** Adds the options that say which sound and subtitles are kept. */
export function withTrackOptions(command: Command): Command {
  return command
    .optionsGroup('Tracks:')
    .option(
      '--audio <which>',
      'sound to keep: all (default), none, or by commas languages (eng, de) and numbers of streams',
    )
    .option('--subs <which>', 'subtitles to keep, in the same words');
}
