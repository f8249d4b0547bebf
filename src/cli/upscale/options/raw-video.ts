import type { Command } from 'commander';

/** Description of headerless raw video. */
export type RawVideoFlags = {
  inputFormat?: string;
  inputSize?: string;
  inputRate?: string;
};

/** Adds the options that describe headerless raw video. */
export function withRawVideoOptions(command: Command): Command {
  return command
    .optionsGroup('Headerless raw video (.yuv):')
    .option('--input-format <pix_fmt>', 'e.g. yuv420p')
    .option('--input-size <WxH>', 'e.g. 352x288')
    .option('--input-rate <fps>', 'e.g. 25 or 30000/1001');
}
