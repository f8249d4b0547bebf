import { Command, Option } from 'commander';
import { architectures, archs } from '../../model/architectures/list.js';
import { activations } from '../../model/blocks/activation.js';
import { providerNames } from '../../model/runtime/providers.js';
import { degradations } from '../../training/pictures/degrade.js';
import { losses } from '../../training/gradient/loss.js';
import { optimisers } from '../../training/optimiser/optimisers.js';
import { schedules } from '../../training/optimiser/schedule.js';
import { withEvents } from '../process/program-options.js';
import { realNumber, wholeNumber } from '../display/numbers.js';
import {
  dropoutShare,
  fraction,
  listOf,
  parseCrf,
  parseInit,
  parseLoss,
  parseSplit,
  positive,
  share,
} from './train-arguments.js';
import { trainDefaults } from '../../library/train/train-options.js';
import { runTrain } from './run-train.js';

const examples = `
Examples:
  vsr train --data photos/ --out models/mine-x2.onnx
  vsr train --data frames/ --arch espcn --scale 3 --steps 50000 --out mine-x3.onnx
  vsr train --data photos/ --arch espcn-32 --expand 128 --loss charbonnier --lr 1e-3 --out mine.onnx
  vsr train --data photos@0.5 --also-reduced 0.6,0.4 --out mine.onnx   photographs, halved first
  vsr train --data clip.mp4 --degrade codec --from models/espcn-16-x2.onnx --lr 1e-3 --out mine.onnx
  vsr train --data photos/ --from mine-x2.onnx --int8 --lr 2e-4 --steps 8000 --out mine-int8-x2.onnx
  vsr train --data photos/ --after espcn-16-x2 --from espcn-16-x2 --out second-x2.onnx
                                    for vsr upscale --scale 4 --model espcn-16-x2,second-x2.onnx
  vsr train --recipe mine.onnx.train/recipe.yaml --seed 2 --out second.onnx --work second.train
  vsr train ... --resume            goes on where a stopped or killed run was, with the same options

The work folder (<out>.train/) holds the checkpoint, metrics.csv, loss.svg, psnr.svg, sheet.png
and recipe.yaml, the options of the run.
The model is written at the end, with a card (.json) that keeps every setting.`;

/** What an option is where it can be chosen, by architecture. */
const defaultsOf = (option: 'depth' | 'width' | 'patch'): string =>
  architectures
    .flatMap(({ name, defaults }) =>
      defaults[option] === undefined ? [] : [`${defaults[option]} for ${name}`],
    )
    .join(', ');

/** The scales that any architecture can be built for. */
const scales = [...new Set(architectures.flatMap(({ scales }) => scales))].sort((a, b) => a - b);

/** The command `vsr train`. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Trains a network on pictures and writes it as a model that vsr upscale takes.')
    .optionsGroup('Data:')
    .option(
      '--data <places...>',
      'needed: folders, pictures and clips; <place>@0.5 halves its pictures first',
    )
    .option('--val <places...>', 'pictures to validate with, instead of a part of --data')
    .addOption(
      new Option('--split <t/v/t>', 'files to train, validate and, at the end, test with, in parts')
        .argParser(parseSplit)
        .default(trainDefaults.split, trainDefaults.split.join('/')),
    )
    .addOption(
      new Option('--also-reduced <list>', 'each training picture again at these shares of its size')
        .argParser(listOf(share))
        .default(trainDefaults.alsoReduced, 'none'),
    )
    .option('--min-side <n>', 'pass over pictures with a side of fewer samples', wholeNumber(1))
    .option(
      '--square <n>',
      'of each picture the largest square in its middle, reduced to this many samples each way',
      wholeNumber(1),
    )
    .option('--licence <text>', 'the licence of the data, for the card')
    .optionsGroup('Network:')
    .option('-o, --out <file.onnx>', 'needed: the model to write')
    .addOption(
      new Option('--arch <name>', 'shape of the network')
        .choices(archs)
        .default(trainDefaults.arch),
    )
    .addOption(
      new Option('-s, --scale <n>', 'enlargement each way')
        .choices(scales.map(String))
        .default(String(trainDefaults.scale)),
    )
    .option(
      '--width <n>',
      `channels of equal layers (default: ${defaultsOf('width')})`,
      wholeNumber(1),
    )
    .option(
      '--depth <n>',
      `layers before the last, or residual blocks (default: ${defaultsOf('depth')})`,
      wholeNumber(1),
    )
    .addOption(
      new Option('--activation <name>', 'of all layers but the last')
        .choices(activations.filter((name) => name !== 'none'))
        .default(trainDefaults.activation),
    )
    .option(
      '--dropout <share>',
      'of the values of dense layers, left out at random while they learn',
      dropoutShare,
      trainDefaults.dropout,
    )
    .option(
      '--dial',
      'weights that follow from how strongly the source is compressed (vsr upscale --strength)',
    )
    .option(
      '--expand <n>',
      'train each layer as two with this many channels between them, which are one again in the model; 128 is usual, 0 for none',
      wholeNumber(0),
      0,
    )
    .option('--from <model.onnx>', 'start from a model of the same shape, or one with fewer layers')
    .addOption(
      new Option('--init <how>', 'random weights to start from: he, xavier or normal:<deviation>')
        .argParser(parseInit)
        .default(trainDefaults.init, trainDefaults.init.kind),
    )
    .option(
      '--fit <patches>',
      'fit the last dense layer to so many patches by least squares before the first step; 0 for none',
      wholeNumber(0),
      trainDefaults.fit,
    )
    .option(
      '--int8',
      'train the 8-bit copy of --from: rounded as it will be, so that it loses least',
    )
    .optionsGroup('Low resolution:')
    .addOption(
      new Option('--degrade <kind>', 'how it is made')
        .choices(degradations)
        .default(trainDefaults.degrade),
    )
    .addOption(
      new Option(
        '--crf <range>',
        'x264 quality for --degrade codec; for codecs as coarse by any coder',
      )
        .argParser(parseCrf)
        .default(trainDefaults.crf, trainDefaults.crf.join('-')),
    )
    .option(
      '--clean <share>',
      'of the pictures that --degrade codec or codecs leaves uncoded',
      fraction,
      trainDefaults.clean,
    )
    .option(
      '--full-range <share>',
      'of the pictures whose luma is stretched from 16-235 to 0-255, as full-range clips have it; none for RGB',
      fraction,
      trainDefaults.fullRange,
    )
    .option(
      '--noise <deviation>',
      'Gaussian noise added, in sample values',
      realNumber,
      trainDefaults.noise,
    )
    .option(
      '--after <model>',
      'what this model of the catalogue or file makes of a smaller picture: for the second of chained passes',
    )
    .optionsGroup('Optimisation:')
    .addOption(
      new Option(
        '--loss <terms>',
        `what is minimised: ${losses.join(', ')}, or several with weights, as mse:1,perceptual:0.1`,
      )
        .argParser(parseLoss)
        .default(trainDefaults.loss),
    )
    .option(
      '--features <file.onnx>',
      'feature network of perceptual and texture losses (default: the one that ships)',
    )
    .option(
      '--feature-outputs <names>',
      'its outputs that are compared (default: all of a file of your own)',
      listOf(String),
    )
    .addOption(
      new Option('--optimiser <name>', 'how a step follows from the gradient')
        .choices(optimisers)
        .default(trainDefaults.optimiser),
    )
    .addOption(
      new Option('--schedule <name>', 'course of the learning rate')
        .choices(schedules)
        .default(trainDefaults.schedule),
    )
    .option(
      '--lr <rate>',
      'highest learning rate (for Adam 2e-3, for AdaDelta 1)',
      positive,
      trainDefaults.lr,
    )
    .option('--batch <n>', 'patches a step', wholeNumber(1), trainDefaults.batch)
    .option(
      '--patch <n>',
      `low-resolution samples each way of a patch (default: 40, or ${defaultsOf('patch')})`,
      wholeNumber(1),
    )
    .option('--steps <n>', 'steps', wholeNumber(1), trainDefaults.steps)
    .option(
      '--average <n>',
      'steps that the running mean of the weights covers; 1 for none',
      wholeNumber(1),
      1000,
    )
    .option('--seed <n>', 'seed of all that is random', wholeNumber(0), trainDefaults.seed)
    .option(
      '--val-every <n>',
      'steps from one validation and checkpoint to the next',
      wholeNumber(1),
      1000,
    )
    .addOption(
      new Option('--keep <which>', 'weights written: best on validation, or last')
        .choices(['best', 'last'])
        .default(trainDefaults.keep),
    )
    .optionsGroup('Running:')
    .addOption(
      new Option('--provider <name>', 'where gradients are computed')
        .choices(providerNames)
        .default(trainDefaults.provider),
    )
    .option('--device <n>', 'GPU number', wholeNumber(0), trainDefaults.device)
    .option(
      '--workers <n>',
      'threads (the result does not depend on it)',
      wholeNumber(1),
      trainDefaults.workers,
    )
    .option(
      '--memory <MB>',
      'pictures held in memory; twice this when not all fit',
      wholeNumber(1),
      trainDefaults.memory,
    )
    .option('--work <folder>', 'checkpoint, metrics and curves (default: <out>.train)')
    .option(
      '--recipe <file.yaml>',
      'options by their names; those of the command line go before. A run writes its own as recipe.yaml',
    )
    .option('--resume', 'go on from the checkpoint in the work folder')
    .option('--overwrite', 'replace an existing model, its card, and what an earlier run left');
  return withEvents(command)
    .option('-q, --quiet', 'only errors')
    .addHelpText('after', examples)
    .action(() => runTrain(command));
}
