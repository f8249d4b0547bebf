import { Command, Option } from 'commander';
import { printable } from '../../printable.js';
import { realNumber } from '../display/numbers.js';
import { isAnsweredInJson, tell } from '../process/answer.js';
import { withEvents } from '../process/program-options.js';
import { interruption } from '../process/interruption.js';
import { sayRaw, shownPath } from '../display/say.js';
import { formatTable } from '../display/table.js';

const modes = ['split', 'side', 'difference'] as const;

type Flags = {
  reference?: string;
  output?: string;
  overwrite?: true;
  mode: (typeof modes)[number];
  amplify: number;
  ffmpeg?: string;
  ffprobe?: string;
};

const examples = `
Examples:
  vsr compare a.mp4 b.mp4                            left half of a, right half of b
  vsr compare clip.mp4 clip.x2.mp4                   left bicubic of the source, right what vsr made
  vsr compare a.mp4 b.mp4 --mode side -o both.mkv
  vsr compare a.png b.png --mode difference --amplify 8
  vsr compare bicubic.mkv clip.x2.mkv --reference original.mkv`;

/** The command `vsr compare`. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description(
      'Puts two clips or pictures into one, the smaller enlarged by bicubic, and measures how they differ.',
    )
    .argument('<a>', 'a clip or picture')
    .argument('<b>', 'another')
    .option('--reference <file>', 'ground truth to measure both against')
    .option('-o, --output <file>', 'default: <b>.vs-<a>.<ending of b>')
    .option('--overwrite', 'replace a file of that name')
    .addOption(
      new Option('--mode <how>', 'how they are put together').choices(modes).default('split'),
    )
    .option('--amplify <n>', 'times by which a difference is enlarged', realNumber, 4);
  return withEvents(command)
    .option('--ffmpeg <path>', 'this ffmpeg')
    .option('--ffprobe <path>', 'this ffprobe')
    .addHelpText('after', examples)
    .action(run);
}

async function run(a: string, b: string, flags: Flags): Promise<void> {
  interruption();
  const { compare } = await import('../../library/compare.js');
  const { output, pairs } = await compare(a, b, { ...flags, tell });
  if (isAnsweredInJson()) return;
  const show = (value: number | null, places = 2) =>
    value === null ? '' : value === Infinity ? 'equal' : value.toFixed(places);
  const rows = pairs.map((pair) => [
    pair.pair,
    String(pair.frames),
    show(pair.psnr),
    show(pair.psnrU),
    show(pair.psnrV),
    show(pair.ssim, 4),
    show(pair.flicker, 3),
    `${show(pair.worst)} (${pair.worstFrame})`,
  ]);
  const header = ['pair', 'frames', 'PSNR', 'U', 'V', 'SSIM', 'flicker', 'worst (frame)'];
  const enlarged = pairs[0]?.enlarged;
  const shown = (file: string): string =>
    `${printable(file)}${file === enlarged ? ' (enlarged by bicubic)' : ''}`;
  const [one, other] = flags.mode === 'difference' ? ['Lighter', 'Darker'] : ['Left', 'Right'];
  sayRaw(`${one}: ${shown(a)}. ${other}: ${shown(b)}.\n`);
  process.stdout.write(`${formatTable(header, rows)}\n${shownPath(output)}\n`);
}
