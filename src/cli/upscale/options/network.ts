import { type Command, Option } from 'commander';
import {
  type UpscaleOptions,
  chromaKernels,
  precisionNames,
  providerNames,
  qualities,
  steadyNames,
} from '../../../upscale/plan/options.js';
import { realNumber, wholeNumber } from '../../display/numbers.js';

/** What enlarges the frames, and where it runs. */
export type NetworkFlags = {
  model?: string;
  quality?: UpscaleOptions['quality'] & string;
  strength?: number | 'auto';
  provider: UpscaleOptions['provider'] & string;
  device?: number;
  precision: UpscaleOptions['precision'] & string;
  chroma: UpscaleOptions['chroma'] & string;
  steady: UpscaleOptions['steady'] & string;
  mask?: string;
  workers?: number;
  reuse: boolean;
};

/** Adds the options that say what enlarges the frames, and where it runs. */
export function withNetworkOptions(command: Command): Command {
  return command
    .optionsGroup('Network:')
    .option(
      '-m, --model <name|file>',
      'a model of the catalogue (see vsr models) or an .onnx file; for several passes one each, separated by commas',
    )
    .addOption(
      new Option('--quality <name>', 'how large a model vsr chooses (default: normal)').choices(
        qualities,
      ),
    )
    .option(
      '--strength <n>',
      'how strongly compressed the source is taken to be, 0 to 1, for more or less cleaning; auto: estimated from the source',
      (text) => (text === 'auto' ? text : realNumber(text)),
    )
    .addOption(
      new Option('--provider <name>', 'where the network runs')
        .choices(providerNames)
        .default('auto'),
    )
    .option('--device <n>', 'GPU number', wholeNumber(0))
    .addOption(
      new Option(
        '--precision <name>',
        'int8: the 8-bit copy of the model; fp16: half precision on GPUs; auto: the fastest whose difference hardly shows',
      )
        .choices(precisionNames)
        .default('auto'),
    )
    .addOption(
      new Option(
        '--chroma <name>',
        'how chroma is enlarged; guided: sharper, with edges from the source’s luma',
      )
        .choices(chromaKernels)
        .default('bicubic'),
    )
    .addOption(
      new Option(
        '--steady <how>',
        'auto: average still areas of compressed sources over frames, so that they pop less at keyframes; off: leave them as they are',
      )
        .choices(steadyNames)
        .default('auto'),
    )
    .option(
      '--mask <picture>',
      'where the network acts: white; black leaves plain bicubic, greys blend both (default: everywhere)',
    )
    .option(
      '--workers <n>',
      'inference threads on the CPU; on a GPU, threads for all but the network (default: one per core, fewer for short small clips)',
      wholeNumber(1),
    )
    .option('--no-reuse', 'compute every tile, even those that did not change');
}
