import { Command, Option } from 'commander';
import { VsrError } from '../../errors.js';
import { precisionNames } from '../../model/runtime/precision.js';
import { printable } from '../../printable.js';
import { providerNames } from '../../upscale/plan/options.js';
import { place, realNumber, scaleNumber } from '../display/numbers.js';
import { addFacts, isAnsweredInJson, tell } from '../process/answer.js';
import { withEvents, withPrecision } from '../process/program-options.js';
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
  scale: number;
  model: string;
  detail?: { x: number; y: number };
  provider: (typeof providerNames)[number];
  device?: number;
  precision: (typeof precisionNames)[number];
  ffmpeg?: string;
  ffprobe?: string;
};

const examples = `
Examples:
  vsr compare photo.png                              what the network makes of it, beside bilinear
  vsr compare photo.png -s 4 -m resnet-x4 -o sheet.webp
  vsr compare a.mp4 b.mp4                            left half of a, right half of b
  vsr compare clip.mp4 clip.x2.mp4                   left bicubic of the source, right what vsr made
  vsr compare a.mp4 b.mp4 --mode side -o both.mkv
  vsr compare a.png b.png --mode difference --amplify 8
  vsr compare bicubic.mkv clip.x2.mkv --reference original.mkv
  vsr compare --blind bicubic.png ours.png --reference original.png -o which.html

A picture alone is the truth: it is made smaller by antialiased bicubic, and enlarged again by bilinear, bicubic and
the network. The page, or the picture that -o names, shows both with their RMSE and PSNR over red, green
and blue, and a detail of all of them with its pixels enlarged. Opacity is laid over grey.

With --blind, a page shows parts of two or three pictures, or of a few frames of clips, in random order
beside the original, and asks which is closer. It names them at the end, and
gives the answers as CSV with a count of each and a sign test's p-value.`;

/** The command `vsr compare`. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description(
      'Puts two clips or pictures into one, the smaller enlarged by bicubic, and measures how they differ; or shows what a network makes of one picture.',
    )
    .argument('<a>', 'a clip or picture')
    .argument('[b]', 'another; without it, a is made smaller and enlarged again')
    .argument('[c]', 'a third, with --blind')
    .option('--reference <file>', 'ground truth to measure both against')
    .option(
      '-o, --output <file>',
      'the file (default: <b>.vs-<a>.<ending of b>; of one picture <a>.compare.html; with --blind <reference>.blind.html)',
    )
    .option(
      '--overwrite',
      'replace a file of that name; of one picture and with --blind also one that is no page of vsr',
    )
    .option(
      '--blind',
      'make a page that asks people which is closer to the reference, without names',
    )
    .addOption(
      new Option('--mode <how>', 'how the two are put together').choices(modes).default('split'),
    )
    .option('--amplify <n>', 'factor by which a difference is multiplied', realNumber, 4)
    .option('-s, --scale <n>', 'of one picture: enlargement each way', scaleNumber, 2)
    .option(
      '-m, --model <name|file>',
      'of one picture: a model of the catalogue or an .onnx file, one for each pass separated by commas',
      'default',
    )
    .option(
      '--detail <x,y>',
      'of one picture: the middle of the detail, in pixels (default: where bilinear and the network differ most)',
      place,
    );
  return withEvents(withPrecision(command))
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

/** Options that only a picture alone has a use for, and those that only two files have. */
const ofOne = ['scale', 'model', 'detail', 'provider', 'device', 'precision'];
const ofTwo = ['mode', 'amplify'];

/** Shows what becomes of a picture that is made smaller and enlarged again. */
async function runAlone(picture: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { comparePicture } = await import('../../library/compare-picture.js');
  const { reconstructionProtocol, showPsnr, sizesOf } =
    await import('../../report/compare/reconstruction-words.js');
  const compared = await comparePicture(picture, { ...flags, signal, tell });
  addFacts({ protocol: reconstructionProtocol });
  if (isAnsweredInJson()) return;
  const rows = compared.figures.map(({ by, rmse, psnr }) => [by, rmse.toFixed(2), showPsnr(psnr)]);
  sayRaw(`${sizesOf(compared)}\n`);
  const table = formatTable(['by', 'RMSE, of 255', 'PSNR RGB'], rows, { right: new Set([1, 2]) });
  process.stdout.write(`${table}\n${reconstructionProtocol}\n${shownPath(compared.output)}\n`);
}

async function run(
  a: string,
  b: string | undefined,
  c: string | undefined,
  flags: Flags,
  command: Command,
): Promise<void> {
  const signal = interruption();
  const given = (names: readonly string[]): string | undefined =>
    names.find((name) => command.getOptionValueSource(name) === 'cli');
  if (b === undefined) {
    const useless = given(['blind', 'reference', ...ofTwo]);
    if (useless === undefined) return runAlone(a, flags, signal);
    throw new VsrError(
      'option',
      `Expected two clips or pictures with --${useless} but received one.`,
    );
  }
  const useless = given(flags.blind === true ? [] : ofOne);
  if (useless !== undefined) {
    throw new VsrError(
      'option',
      `Expected one picture with --${useless}, to be made smaller and enlarged again, but received ${c === undefined ? 'two' : 'three'}.`,
    );
  }
  if (flags.blind === true) {
    const other = given([...ofTwo, ...ofOne]);
    if (other !== undefined) {
      throw new VsrError('option', `Expected either --blind or --${other}, not both.`);
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
