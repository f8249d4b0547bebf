import { Command, Option } from 'commander';
import { VsrError } from '../../errors.js';
import { printable } from '../../printable.js';
import { realNumber } from '../display/numbers.js';
import { isAnsweredInJson, tell } from '../process/answer.js';
import { withEvents } from '../process/program-options.js';
import { interruption } from '../process/interruption.js';
import { say, sayRaw, shownPath } from '../display/say.js';
import { formatTable } from '../display/table.js';

const modes = ['split', 'side', 'difference'] as const;

type Flags = {
  reference?: string;
  output?: string;
  overwrite?: true;
  blind?: true;
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
  vsr compare bicubic.mkv clip.x2.mkv --reference original.mkv
  vsr compare --blind bicubic.png ours.png --reference original.png -o which.html

With --blind, a page shows parts of two or three pictures, or of a few frames of clips, in random order
beside the original, and asks which is closer. It names them at the end, and
gives the answers as CSV with a count of each and a sign test's p-value.`;

/** The command `vsr compare`. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description(
      'Puts two clips or pictures into one, the smaller enlarged by bicubic, and measures how they differ.',
    )
    .argument('<a>', 'a clip or picture')
    .argument('<b>', 'another')
    .argument('[c]', 'a third, with --blind')
    .option('--reference <file>', 'ground truth to measure both against')
    .option(
      '-o, --output <file>',
      'the file (default: <b>.vs-<a>.<ending of b>; with --blind <reference>.blind.html)',
    )
    .option(
      '--overwrite',
      'replace a file of that name; with --blind also one that is no page of vsr',
    )
    .option(
      '--blind',
      'make a page that asks people which is closer to the reference, without names',
    )
    .addOption(
      new Option('--mode <how>', 'how the two are put together').choices(modes).default('split'),
    )
    .option('--amplify <n>', 'factor by which a difference is multiplied', realNumber, 4);
  return withEvents(command)
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .addHelpText('after', examples)
    .action(run);
}

/** Makes the page of a blind test, and says where it is. */
async function runBlind(
  methods: readonly [string, string, third?: string],
  { reference, output, overwrite, ffmpeg, ffprobe }: Flags,
  signal: AbortSignal,
): Promise<void> {
  if (reference === undefined) {
    throw new VsrError(
      'option',
      'Expected --reference with --blind: the original that the page shows beside them.',
    );
  }
  const { blindTest } = await import('../../library/blind-test.js');
  const { page, questions, places } = await blindTest(methods, {
    ...{ reference, overwrite: overwrite ?? false, signal, tell },
    ...(output === undefined ? {} : { output }),
    ...(ffmpeg === undefined ? {} : { ffmpeg }),
    ...(ffprobe === undefined ? {} : { ffprobe }),
  });
  if (isAnsweredInJson()) return;
  say(
    `${questions} ${questions === 1 ? 'pair' : 'pairs'} at ${places} ${places === 1 ? 'place' : 'places'}`,
  );
  process.stdout.write(`${shownPath(page)}\n`);
}

async function run(
  a: string,
  b: string,
  c: string | undefined,
  flags: Flags,
  command: Command,
): Promise<void> {
  const signal = interruption();
  if (flags.blind === true) {
    for (const name of ['mode', 'amplify']) {
      if (command.getOptionValueSource(name) !== 'cli') continue;
      throw new VsrError('option', `Expected either --blind or --${name}, not both.`);
    }
    return runBlind(c === undefined ? [a, b] : [a, b, c], flags, signal);
  }
  if (c !== undefined) {
    throw new VsrError(
      'option',
      'Expected two clips or pictures but received three, which --blind alone takes.',
    );
  }
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
