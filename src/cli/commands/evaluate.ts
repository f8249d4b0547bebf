import { Command, Option } from 'commander';
import type { JobEvent } from '../../events.js';
import { precisionNames } from '../../model/runtime/precision.js';
import {
  type Distance,
  distances,
  type Protocol,
  protocols,
} from '../../report/evaluate/protocol.js';
import type { FileEvaluation } from '../../report/evaluate/evaluation.js';
import { degradations, type Degradation } from '../../training/pictures/degrade.js';
import { providerNames } from '../../upscale/plan/options.js';
import { realNumber, scaleNumber, wholeNumber } from '../display/numbers.js';
import { addFacts, isAnsweredInJson, tell } from '../process/answer.js';
import { withEvents, withPrecision } from '../process/program-options.js';
import { sentenceOf } from '../display/sentence.js';
import { interruption } from '../process/interruption.js';
import { hasTerminal, say } from '../display/say.js';
import { formatTable } from '../display/table.js';

type Flags = {
  scale: number;
  model: string;
  degrade: Degradation['kind'];
  crf: number;
  noise: number;
  border?: number;
  protocol: Protocol;
  distance?: Distance;
  classifier?: string;
  frames?: number;
  provider: (typeof providerNames)[number];
  device?: number;
  workers?: number;
  precision: (typeof precisionNames)[number];
  csv?: true;
  markdown?: true;
  ffmpeg?: string;
  ffprobe?: string;
};

const examples = `
Examples:
  vsr evaluate Set5/ Set14/ --scale 3              the literature's table
  vsr evaluate clip.mp4 --degrade codec --crf 28   as if it had been small and compressed
  vsr evaluate Set5/ -m my-model.onnx --markdown
  vsr evaluate Set5/ --protocol rgb                red, green and blue together
  vsr evaluate Set5/ --distance features           also how close it looks to a network

Each file is the ground truth: it is degraded, enlarged again, and compared with itself. Pictures are measured
by their luma (BT.601 Y), clips by their own Y, U and V; the scale's number of samples is cut from each border.
--protocol rgb measures pictures by red, green and blue together instead: PSNR RGB is computed from the mean squared
error over the three channels, 8 bits. --distance features adds a column: how far apart the features of
SqueezeNet are, lower is closer (docs/feature-networks.md). --classifier adds one for pictures: the
share that the network puts into the same class as the true picture.`;

/** What the table's mark means. */
const whatRuns = '"runs here" is what vsr upscale runs for that file on this machine.';

/** The command `vsr evaluate`. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description(
      'Measures a model beside nearest, bilinear, bicubic and lanczos. With the default model, it also measures what vsr upscale runs in its place here: the 8-bit copy, and for compressed files the network for compressed sources.',
    )
    .argument('<inputs...>', 'pictures, clips, or folders of them')
    .option('-s, --scale <n>', 'enlargement each way; 1 for models that clean', scaleNumber, 2)
    .option(
      '-m, --model <name|file>',
      'a model of the catalogue or an .onnx file, one for each pass separated by commas, or none for the baselines alone',
      'default',
    )
    .addOption(
      new Option('--degrade <how>', 'how the small input is made')
        .choices(degradations.filter((kind) => kind !== 'codecs'))
        .default('bicubic'),
    )
    .option('--crf <n>', 'x264 quality for --degrade codec', wholeNumber(0), 23)
    .option('--noise <n>', 'standard deviation of noise added to the small pictures', realNumber, 0)
    .option('--border <n>', 'samples cut on each side (default: the scale)', wholeNumber(0))
    .addOption(
      new Option('--protocol <what>', 'what is measured: luma, or R, G and B together')
        .choices(protocols)
        .default('y'),
    )
    .addOption(
      new Option('--distance <by>', 'also compare pictures by this; takes time').choices(distances),
    )
    .option(
      '--classifier <file>',
      'an ONNX classification network: how often the enlarged picture gets the class of the true one',
    )
    .option('--frames <n>', 'measure at most this many frames of a clip', wholeNumber(1));
  withPrecision(command).option(
    '--workers <n>',
    'inference threads (default: one per core)',
    wholeNumber(1),
  );
  return withEvents(command)
    .addOption(new Option('--csv', 'as CSV').conflicts(['json', 'markdown']))
    .addOption(new Option('--markdown', 'as a Markdown table').conflicts(['json', 'csv']))
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .addHelpText('after', examples)
    .action(run);
}

/** Says which files are done, on a terminal, and which cannot be measured. */
function talk(): (event: JobEvent<FileEvaluation>) => void {
  let clips = 0;
  let done = 0;
  return (event) => {
    tell(event);
    if (event.event === 'start') clips = event.clips.length;
    else if (event.event === 'done' && hasTerminal()) say(`${++done}/${clips} ${event.clip}`);
    // The failure of a single file ends the call, which reports it.
    else if (event.event === 'failed' && event.status === 'failed' && clips > 1) {
      say(`vsr: ${sentenceOf(event.error)}`);
    }
  };
}

async function run(inputs: string[], flags: Flags): Promise<void> {
  const signal = interruption();
  const { evaluate } = await import('../../library/evaluate.js');
  const { csvOf, evaluationTable, markdownOf } =
    await import('../../report/evaluate/evaluation-table.js');
  const { files, failed, mean, protocol } = await evaluate(inputs, {
    ...flags,
    signal,
    tell: talk(),
  });
  if (failed.length > 0) process.exitCode = 1;
  const { scale, degrade, noise, crf } = flags;
  addFacts({ scale, degrade: { kind: degrade, noise, crf }, protocol, mean });
  if (isAnsweredInJson()) return;
  const table = evaluationTable(files);
  const notes = table.runs ? `${whatRuns}\n${protocol}\n` : `${protocol}\n`;
  if (flags.csv) process.stdout.write(csvOf(table));
  else if (flags.markdown) process.stdout.write(`${markdownOf(table)}\n${notes}`);
  else {
    const right = new Set(table.header.map((_, i) => i).slice(table.words));
    process.stdout.write(`${formatTable(table.header, table.rows, { right })}\n${notes}`);
  }
}
