import { type Command, Option } from 'commander';
import { architectures, archs } from '../../../model/architectures/list.js';
import { activations } from '../../../model/blocks/activation.js';
import { wholeNumber } from '../../display/numbers.js';
import { leavingShare, parseInit } from './train-arguments.js';
import { trainDefaults } from '../../../library/train/train-options.js';
import { defaultsOf } from './architecture-defaults.js';

/** The scales that any architecture can be built for. */
const scales = [...new Set(architectures.flatMap(({ scales }) => scales))].sort((a, b) => a - b);

/** Adds the options that say which network is trained, and what it starts from. */
export function withNetworkOptions(command: Command): Command {
  return command
    .optionsGroup('Network:')
    .option('-o, --out <file.onnx>', 'required: the model to write')
    .addOption(
      new Option('--arch <name>', 'architecture of the network')
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
      new Option('--activation <name>', 'activation of all layers but the last')
        .choices(activations.filter((name) => name !== 'none'))
        .default(trainDefaults.activation),
    )
    .option(
      '--dropout <share>',
      'share of the values of dense layers that is left out at random in training',
      leavingShare,
      trainDefaults.dropout,
    )
    .option(
      '--dial',
      'train weights that depend on how strongly the source is compressed (vsr upscale --strength)',
    )
    .option(
      '--expand <n>',
      'train each layer as two layers with this many channels between them, merged into one in the model; 128 is usual, 0 for none',
      wholeNumber(0),
      0,
    )
    .option(
      '--from <model.onnx>',
      'start from a model of the same architecture, also with fewer layers',
    )
    .addOption(
      new Option('--init <how>', 'random weights to start from: he, xavier or normal:<deviation>')
        .argParser(parseInit)
        .default(trainDefaults.init, trainDefaults.init.kind),
    )
    .option(
      '--fit <patches>',
      'fit the last dense layer to this many patches by least squares before the first step; 0 for none',
      wholeNumber(0),
      trainDefaults.fit,
    )
    .option(
      '--int8',
      'train the 8-bit copy of --from: values are rounded in training as they will be in the copy',
    );
}
