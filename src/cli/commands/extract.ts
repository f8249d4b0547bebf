import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { badValue, messageOf, VsrError } from '../../errors.js';
import { distinctNames } from '../../files/distinct-names.js';
import { isImageName } from '../../media/still/luma-image.js';
import { printableJson } from '../../printable.js';
import type { FrameChoice } from '../../training/extract/frame-choice.js';
import { batchInterruption } from '../process/interruption.js';
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
  json?: true;
  quiet?: true;
};

const examples = `
Examples:
  vsr extract film.mkv -o frames/                  the sharpest frame of each scene
  vsr extract tapes/*.mp4 -o frames/ --every 50    the sharpest of each 50 frames
  vsr extract film.mkv -o frames/ --fps 0.5 --max 500

Frames are PNG files. Frames that show what the one before shows are left out.
The same command run again passes over finished clips and completes unfinished ones.`;

/** The command `vsr extract`. */
export function extractCommand(): Command {
  return new Command('extract')
    .description('Takes sharp frames out of clips, as lossless pictures to train on.')
    .argument('<clips...>', 'clips, or folders of clips')
    .requiredOption('-o, --output <folder>', 'where the frames go')
    .option('--every <n>', 'keep one of every n frames', wholeNumber(1))
    .option('--fps <rate>', 'keep so many frames a second', realNumber)
    .option('--scenes', 'keep one frame of each scene, and of each 120 frames (the default)')
    .option('--max <n>', 'frames of each clip at most', wholeNumber(1))
    .option('--overwrite', 'replace pictures of such names that vsr extract did not write')
    .option('--json', 'one machine-readable summary on standard output, nothing else there')
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

/** The clips named, with those in folders in order of name. */
async function clipsOf(places: readonly string[]): Promise<string[]> {
  const clips: string[] = [];
  for (const place of places) {
    const info = await stat(place).catch(() => undefined);
    if (info === undefined) throw new VsrError('media', `There is no file ${place}.`);
    if (!info.isDirectory()) {
      clips.push(place);
      continue;
    }
    const entries = await readdir(place, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    const wanted = names.filter((name) => !name.startsWith('.') && !isImageName(name)).sort();
    clips.push(...wanted.map((name) => path.join(place, name)));
  }
  if (clips.length === 0) {
    throw new VsrError('media', `There are no clips in ${places.join(', ')}.`);
  }
  return clips;
}

async function run(places: string[], flags: Flags): Promise<void> {
  const choose = choiceOf(flags);
  const clips = await clipsOf(places);
  // Clips of one name would overwrite each other's frames.
  const names = distinctNames(
    clips.map((clip) => ({ file: path.resolve(clip), folder: flags.output })),
  );
  const { extractFrames } = await import('../../training/extract/extract-frames.js');
  const silent = flags.quiet === true || flags.json === true;
  const tell = (line: string) => void (silent || say(line));
  const interruption = batchInterruption();
  const results: Record<string, unknown>[] = [];
  let failed = 0;
  try {
    for (const [i, clip] of clips.entries()) {
      try {
        const result = await extractFrames(clip, flags.output, {
          ...{ choose, name: names[i]!, overwrite: flags.overwrite ?? false },
          signal: interruption.signal,
          ...(flags.max === undefined ? {} : { most: flags.max }),
        });
        const { written, duplicates, already } = result;
        tell(
          `${clip}: ${written} frames${already ? ', finished before' : `, ${duplicates} duplicates left out`}`,
        );
        results.push({ clip, ...result });
      } catch (error) {
        const code = error instanceof VsrError ? error.code : undefined;
        // One clip that cannot be read does not stop the others.
        if (code !== 'media' || clips.length === 1) throw error;
        failed++;
        say(`vsr: ${messageOf(error)}`);
        results.push({ clip, error: messageOf(error) });
      }
    }
  } finally {
    interruption.over();
  }
  if (flags.json === true) process.stdout.write(`${printableJson(results)}\n`);
  if (failed > 0) {
    throw new VsrError('media', `${failed} of ${clips.length} clips could not be extracted.`);
  }
}
