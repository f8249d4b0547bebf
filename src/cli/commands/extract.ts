import { Command } from 'commander';
import { badValue, VsrError } from '../../errors.js';
import type { JobEvent } from '../../events.js';
import type { ExtractResult } from '../../training/extract/extract-frames.js';
import { longestScene, type FrameChoice } from '../../training/extract/frame-choice.js';
import { isAnsweredInJson, tell } from '../process/answer.js';
import { batchInterruption } from '../process/interruption.js';
import { withEvents } from '../process/program-options.js';
import { sentenceOf } from '../display/sentence.js';
import { realNumber, wholeNumber } from '../display/numbers.js';
import { say } from '../display/say.js';

/** Options as commander hands them over. */
type Flags = {
  output: string;
  every?: number;
  fps?: number;
  scenes?: true;
  max?: number;
  overwrite?: true;
  quiet?: true;
};

const examples = `
Examples:
  vsr extract film.mkv -o frames/                  the sharpest frame of each scene
  vsr extract tapes/*.mp4 -o frames/ --every 50    the sharpest of each 50 frames
  vsr extract film.mkv -o frames/ --fps 0.5 --max 500

Frames are PNG files. Frames that show the same as the one before are left out.
The same command run again passes over finished clips and completes unfinished ones.`;

/** The command `vsr extract`. */
export function extractCommand(): Command {
  const command = new Command('extract')
    .description('Takes sharp frames out of clips, as lossless pictures to train on.')
    .argument('<clips...>', 'clips, or folders of clips')
    .requiredOption('-o, --output <folder>', 'where the frames go')
    .option('--every <n>', 'keep one of every n frames', wholeNumber(1))
    .option('--fps <rate>', 'keep this many frames per second', realNumber)
    .option(
      '--scenes',
      `keep one frame of each scene, and of each ${longestScene} frames (the default)`,
    )
    .option('--max <n>', 'keep at most this many frames of each clip', wholeNumber(1))
    .option('--overwrite', 'replace pictures of the same names that vsr extract did not write');
  return withEvents(command)
    .option('-q, --quiet', 'only errors')
    .addHelpText('after', examples)
    .action(run);
}

function choiceOf({ every, fps, scenes }: Flags): FrameChoice {
  if ([every, fps, scenes].filter((value) => value !== undefined).length > 1) {
    throw new VsrError('option', 'Expected one of --every, --fps and --scenes, not several.');
  }
  if (every !== undefined) return { kind: 'every', frames: every };
  if (fps === undefined) return { kind: 'scenes' };
  if (fps <= 0) throw badValue('frames a second above 0', '--fps', fps);
  return { kind: 'fps', rate: fps };
}

/** Says what became of each clip; the error that ends a call is reported where it ends. */
function talk(quiet: boolean): (event: JobEvent<ExtractResult>) => void {
  let clips = 0;
  return (event) => {
    if (event.event === 'start') clips = event.clips.length;
    else if (event.event === 'done' && event.summary !== null && !quiet) {
      const { written, duplicates, already } = event.summary;
      const rest = already
        ? 'finished before'
        : `${duplicates} ${duplicates === 1 ? 'duplicate' : 'duplicates'} left out`;
      say(`${event.clip}: ${written} ${written === 1 ? 'frame' : 'frames'}, ${rest}`);
    } else if (event.event === 'failed' && event.status === 'failed' && clips > 1) {
      say(`vsr: ${sentenceOf(event.error)}`);
    }
  };
}

async function run(places: string[], flags: Flags): Promise<void> {
  const choose = choiceOf(flags);
  const { extractClips } = await import('../../training/extract/extract-clips.js');
  const show = talk(flags.quiet === true || isAnsweredInJson());
  const interruption = batchInterruption();
  try {
    await extractClips(places, flags.output, {
      ...{ choose, overwrite: flags.overwrite ?? false },
      signal: interruption.signal,
      ...(flags.max === undefined ? {} : { most: flags.max }),
      tell: (event) => {
        tell(event);
        show(event);
      },
    });
  } finally {
    interruption.over();
  }
}
