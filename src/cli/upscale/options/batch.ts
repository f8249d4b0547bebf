import type { Command } from 'commander';
import { defaultStallMs } from '../../../media/program/process.js';
import { programFields } from '../../../upscale/programs/run-program.js';
import { realNumber, wholeNumber } from '../../display/numbers.js';

/** How a batch runs, and what long jobs do about failures. */
export type BatchFlags = {
  recursive?: true;
  jobs?: number;
  maxTries?: number;
  exec?: string;
  segments: boolean;
  segmentSeconds?: number;
  restart?: true;
  allowDamaged?: true;
  allowTruncated?: true;
  stallTimeout?: number;
};

/** Adds the options of batches and long jobs. */
export function withBatchOptions(command: Command): Command {
  return command
    .optionsGroup('Batches and long jobs:')
    .option('-r, --recursive', 'look into sub-folders')
    .option('--jobs <n>', 'number of clips at a time (default: 1)', wholeNumber(1))
    .option(
      '--max-tries <n>',
      'how often a clip is tried if the cause of its failure may pass: a hanging ffmpeg, a lost device, a disk error (default: 1)',
      wholeNumber(1),
    )
    .option(
      '--exec <program>',
      `run a program for each finished clip, such as "notify-send {output}"; no shell; fields: ${programFields.map((field) => `{${field}}`).join(', ')}`,
    )
    .option('--no-segments', 'do not cut long clips into segments for resuming')
    .option(
      '--segment-seconds <s>',
      'least length of a segment (default: 10, more for tiny pictures)',
      realNumber,
    )
    .option('--restart', 'throw away finished segments of a job that has changed')
    .option('--allow-damaged', 'take what there is of a damaged source, and mark the output')
    .option('--allow-truncated', 'the older name of --allow-damaged')
    .option(
      '--stall-timeout <seconds>',
      `give up a hanging ffmpeg (default: ${defaultStallMs / 1000})`,
      realNumber,
    );
}
