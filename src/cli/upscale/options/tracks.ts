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
      'audio to keep: all (default), none, or languages (eng, de) and stream numbers, separated by commas',
    )
    .option('--subs <which>', 'subtitles to keep, in the same form');
}
