import { Command, Option } from 'commander';
import { precisionNames, providerNames, qualities } from '../../upscale/plan/options.js';
import type { PreviewOptions } from '../../report/preview/preview.js';
import { parseTime, realNumber, scaleNumber, wholeNumber } from '../display/numbers.js';
import { say, shownPath } from '../display/say.js';
import { showTime } from '../../show-time.js';
import { showBytes } from '../../files/show-bytes.js';
import { addFacts, isAnsweredInJson } from '../process/answer.js';
import { interruption } from '../process/interruption.js';
import { codecOption, encoderOption } from '../upscale/options/codec-option.js';
import { withJson } from '../process/program-options.js';

/** Options as commander hands them over. */
type Flags = Omit<PreviewOptions, 'models' | 'page' | 'signal'> & {
  model?: string;
  output?: string;
  quiet?: true;
};

const examples = `
Examples:
  vsr preview clip.mp4                               clip.mp4.preview.html
  vsr preview clip.mp4 -s 4 -m espcn-16-x2,mine.onnx  two models at 4x
  vsr preview clip.mkv --at 0:10,1:20 -o look.html    at these times
  vsr preview tapes/ -r --frames 2                    one page for a folder
  vsr preview clip.mp4 --clip 10 --start 1:00         ten seconds in motion, too
  vsr preview frames/f_%04d.png --fps 24              a picture sequence

Shows a few sharp, different frames enlarged by bicubic and by each model. Says which model vsr upscale
would choose and why, how long the whole clip would take, how large it would be, and what would be lost.
No enlarged clip is kept.`;

function times(text: string): number[] {
  return text.split(',').map((each) => parseTime(each.trim(), '--at'));
}

/** The command `vsr preview`. */
export function previewCommand(): Command {
  const command = new Command('preview')
    .description(
      'Makes a page that shows how clips would look, and what enlarging them would take.',
    )
    .argument('<clips...>', 'clips, folders, globs, or @list.txt for the lines of a file')
    .option('-s, --scale <n>', 'enlargement each way (default: 2)', scaleNumber)
    .option(
      '-m, --model <names|files>',
      'models to show, separated by commas (default: what vsr upscale would take, the next better and the next faster)',
    )
    .addOption(
      new Option('--quality <name>', 'how large a model vsr upscale would choose').choices(
        qualities,
      ),
    )
    .option('--frames <n>', 'number of frames to show of each clip (default: 5)', wholeNumber(1))
    .option('--at <times>', 'times to show instead, such as 0:10,1:20', times)
    .option('--start <time>', 'in point, seconds or [h:]m:s', (text) => parseTime(text, '--start'))
    .option('--end <time>', 'out point', (text) => parseTime(text, '--end'))
    .option(
      '--clip <seconds>',
      'also enlarge this many seconds, to see motion: from --start on, otherwise from the middle',
      realNumber,
    )
    .option('--fps <rate>', 'frames per second of picture sequences, such as frames/f_%04d.png')
    .option(
      '-o, --output <page.html>',
      'the page (default: <clip>.preview.html; for several clips vsr-preview.html beside the first)',
    )
    .option('--overwrite', 'replace a file of that name that is no page of vsr')
    .option('-r, --recursive', 'look into sub-folders')
    .addOption(codecOption())
    .addOption(encoderOption())
    .option('--crf <n>', 'constant quality of the encoder', realNumber)
    .option('--preset <name>', 'preset of the encoder')
    .addOption(new Option('--provider <name>', 'where networks run').choices(providerNames))
    .option('--device <n>', 'GPU number', wholeNumber(0))
    .addOption(new Option('--precision <name>', 'as for vsr upscale').choices(precisionNames))
    .option('--mask <picture>', 'where the network acts: white; black leaves plain bicubic')
    .option('--workers <n>', 'inference threads (default: one per core)', wholeNumber(1));
  return withJson(command)
    .option('-q, --quiet', 'only errors')
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .addHelpText('after', examples)
    .action(run);
}

async function run(inputs: string[], flags: Flags): Promise<void> {
  const signal = interruption();
  const { preview } = await import('../../report/preview/preview.js');
  const { model, output, quiet, ...options } = flags;
  const { page, clips } = await preview(inputs, {
    ...options,
    signal,
    ...(model === undefined ? {} : { models: model.split(',').filter((name) => name !== '') }),
    ...(output === undefined ? {} : { page: output }),
  });
  addFacts({ page, clips });
  if (isAnsweredInJson()) return;
  for (const { clip, ways, threads, bytes } of quiet === true ? [] : clips) {
    const size = bytes === null ? '' : `, about ${showBytes(bytes)}`;
    say(`${clip}${size}`);
    for (const { name, role, seconds } of ways) {
      if (seconds === null) continue;
      say(`  ${name} (${role}): about ${showTime(Math.max(1, seconds))} on ${threads} threads`);
    }
  }
  process.stdout.write(`${shownPath(page)}\n`);
}
