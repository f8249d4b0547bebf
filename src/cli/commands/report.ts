import { Command, Option } from 'commander';
import { badValue } from '../../errors.js';
import { sidecarEnding } from '../../metrics/sidecar.js';
import { shownPath } from '../display/say.js';
import { interruption } from '../process/interruption.js';

type Flags = {
  output?: string;
  overwrite?: true;
  frames: number[];
  ffmpeg?: string;
  ffprobe?: string;
};

const examples = `
Examples:
  vsr report clip.x2.mp4                        clip.x2.mp4.report.html
  vsr report clip.x2.mp4 --frames 0,120,300     shows these frames too
  vsr report out/*.mp4 -o batch.html            one page for a batch

Reads <output>${sidecarEnding} and the per-frame log beside each output.`;

function frameNumbers(text: string): number[] {
  return text.split(',').map((word) => {
    if (!/^\d+$/.test(word.trim())) {
      throw badValue('frame numbers from 0 with commas between', '--frames', text);
    }
    return Number(word);
  });
}

/** The command `vsr report`. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Makes one self-contained page that shows what an enlargement did.')
    .argument('<outputs...>', `enlarged clips, or their sidecars (${sidecarEnding})`)
    .option('-o, --output <file.html>', 'the page (default: <output>.report.html)')
    .option('--overwrite', 'replace a file of that name that is no report of vsr')
    .addOption(
      new Option('--frames <list>', 'frames to show beside worst, median and best')
        .argParser(frameNumbers)
        .default([], 'none'),
    )
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .addHelpText('after', examples)
    .action(run);
}

async function run(outputs: string[], flags: Flags): Promise<void> {
  interruption();
  const { report } = await import('../../library/report.js');
  const page = await report(outputs, flags);
  process.stdout.write(`${shownPath(page)}\n`);
}
