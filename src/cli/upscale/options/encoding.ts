import type { Command } from 'commander';
import type { UpscaleOptions } from '../../../upscale/plan/options.js';
import { codecOption, encoderOption } from './codec-option.js';
import { amount, realNumber } from '../../display/numbers.js';

/** How the video is encoded. */
export type EncodingFlags = {
  codec: UpscaleOptions['codec'] & string;
  encoder: UpscaleOptions['encoder'] & string;
  crf?: number;
  bitrate?: number;
  sizeLimit?: number;
  preset?: string;
  pixFmt?: string;
  ffmpegArgs?: string;
};

/** Adds the options that say how the video is encoded. */
export function withEncodingOptions(command: Command): Command {
  return command
    .optionsGroup('Encoding:')
    .addOption(codecOption().default('auto'))
    .addOption(encoderOption().default('software'))
    .option('--crf <n>', 'constant quality of the encoder (default: visually lossless)', realNumber)
    .option(
      '--bitrate <rate>',
      'bits per second of the video, such as 8M, in place of a constant quality',
      amount('bits a second, as 8M or 800k'),
    )
    .option(
      '--size-limit <size>',
      'largest size of the output, such as 4.7G or 700M, in place of a constant quality',
      amount('a size, as 4.7G, 700M or 4GiB'),
    )
    .option('--preset <name>', 'preset of the encoder')
    .option('--pix-fmt <name>', 'encoded pixel format')
    .option('--ffmpeg-args <args>', 'more arguments for the encoder, quoted as one word');
}
