import { Command } from 'commander';
import { withBatchOptions } from './options/batch.js';
import { withEncodingOptions } from './options/encoding.js';
import { withFootageOptions } from './options/footage.js';
import { withMeasuringOptions } from './options/measuring.js';
import { withNetworkOptions } from './options/network.js';
import { withOutputOptions } from './options/output.js';
import { withPartOptions } from './options/part.js';
import { withSubmitOptions } from './options/queue.js';
import { withRawVideoOptions } from './options/raw-video.js';
import { withSequenceOptions } from './options/sequences.js';
import { withSizeOptions } from './options/size.js';
import { withTalkingOptions } from './options/talking.js';
import { withTrackOptions } from './options/tracks.js';
import { runUpscale } from './run-upscale.js';

const examples = `
Examples:
  vsr upscale clip.mp4                          clip.x2.mp4 beside it, twice as large
  vsr upscale clip.mp4 -s 4 -o large.mkv        four times as large, as Matroska
  vsr upscale tapes/ -r -o enlarged/            every clip of a folder; run it again to go on
  vsr upscale "tapes/*.avi" --to 1080p --jobs 2
  vsr upscale clip.mkv --start 1:30 --end 2:00  half a minute of it, audio cut with it
  vsr upscale film.mkv --audio jpn,eng --subs eng
  vsr upscale tape.avi --deinterlace field      a tape: a frame of every field, 50 or 60 a second
  vsr upscale tape.avi --source vhs             what suits a tape, as far as it is seen in it
  vsr upscale photo.jpg -s 3                    pictures, too
  vsr upscale frames/f_%04d.png --fps 24        a picture sequence, as one clip
  vsr upscale clip.mp4 --precision fp32         the same picture on every processor
  vsr upscale clip.mp4 --dry-run                what would be done, and what would be lost
  cat clip.mkv | vsr upscale - -o - | mpv -     from a pipe to a pipe

Exit codes: 0 everything is there and whole, 1 a job failed, 2 the call is wrong, 130 interrupted.`;

/** The groups of options, in the order in which the help shows them. */
const optionGroups: readonly ((command: Command) => Command)[] = [
  withSizeOptions,
  withOutputOptions,
  withNetworkOptions,
  withEncodingOptions,
  withTrackOptions,
  withPartOptions,
  withFootageOptions,
  withMeasuringOptions,
  withBatchOptions,
  withSubmitOptions,
  withSequenceOptions,
  withRawVideoOptions,
  withTalkingOptions,
];

/** The command `vsr upscale`. */
export function upscaleCommand(): Command {
  const command = new Command('upscale')
    .description(
      'Enlarges clips and pictures. Everything else in a clip is kept, or announced before the start.',
    )
    .argument(
      '<inputs...>',
      'files, folders, globs, f_%04d.png for a picture sequence, @list.txt for the lines of a file, or - for standard input',
    );
  for (const withGroup of optionGroups) withGroup(command);
  return command.addHelpText('after', examples).action(runUpscale);
}
