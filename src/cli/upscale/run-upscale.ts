import type { Command } from 'commander';
import path from 'node:path';
import { badValue, exitCodeOf, VsrError } from '../../errors.js';
import { isReportName } from '../../files/marks.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { giveUpStdout } from '../process/answer.js';
import { type BatchInterruption, batchInterruption } from '../process/interruption.js';
import { spoolInput, streamOutput } from '../process/standard-streams.js';
import { howToGoOn } from '../display/outcome-lines.js';
import { say } from '../display/say.js';
import type { Configured } from '../../metrics/sidecar-settings.js';
import { applyConfig, configuredLine } from './config-file.js';
import { type BatchResult, runBatch, type Talk } from './run-batch.js';
import { checkSubmitFlags } from './submit-flags.js';
import { optionsOf, type UpscaleFlags } from './upscale-flags.js';

/** Refuses a report before hours of work, not after them. */
async function checkReport(file: string, inputs: readonly string[], overwrite: boolean) {
  if (!isReportName(file)) {
    throw badValue(
      'a file ending in .html',
      '--report',
      file,
      'It takes the word after it as its value: name the page (--report=page.html), or put --report last.',
    );
  }
  const { reportPlace } = await import('../../report/page/write-report.js');
  await reportPlace(file, inputs, { overwrite, otherName: 'with --report' });
}

/** Submits clips to a queue. What speaks to queues is loaded only here. */
async function submit(
  inputs: readonly string[],
  flags: UpscaleFlags,
  configured: Configured | null,
  surroundings: { readonly talk: Talk; readonly interruption: BatchInterruption },
): Promise<BatchResult> {
  const { submitBatch } = await import('./submit-batch.js');
  return submitBatch(inputs, optionsOf(flags, configured), flags, surroundings);
}

/** Does what a parsed `vsr upscale` asks for: a batch, a pipe, or a submission to a queue. */
export async function runUpscale(
  inputs: string[],
  given: UpscaleFlags,
  command: Command,
): Promise<void> {
  const configured = applyConfig(command, given);
  const flags = command.opts<UpscaleFlags>();
  if (configured !== null && flags.verbose === true && flags.quiet !== true) {
    say(configuredLine(configured));
  }
  const interruption = batchInterruption(() => howToGoOn);
  const talk = {
    quiet: flags.quiet ?? false,
    report: flags.report ?? null,
    overwrite: flags.overwrite ?? false,
  };
  checkSubmitFlags(inputs, flags);
  if (typeof flags.report === 'string') await checkReport(flags.report, inputs, talk.overwrite);
  const result =
    inputs.includes('-') || flags.output === '-'
      ? await runPiped(inputs, { flags, configured }, talk, interruption)
      : flags.queue === undefined
        ? await runBatch(inputs, optionsOf(flags, configured), talk, interruption)
        : await submit(inputs, flags, configured, { talk, interruption });
  process.exitCode = result.exitCode;
}

/**
 * Standard input is read to a file first, since a clip is looked at more than once; standard output
 * is written from a whole file.
 */
async function runPiped(
  inputs: string[],
  { flags, configured }: { readonly flags: UpscaleFlags; readonly configured: Configured | null },
  talk: Talk,
  interruption: BatchInterruption,
): Promise<BatchResult> {
  const toStdout = flags.output === '-';
  if (toStdout && flags.name !== undefined) {
    throw badValue('a folder with --name', '-o', '-');
  }
  if (toStdout && flags.exec !== undefined) {
    throw badValue('a file or folder with --exec', '-o', '-');
  }
  if (toStdout) giveUpStdout();
  if (flags.output === undefined && inputs.length > 1) {
    throw new VsrError(
      'option',
      'Expected -o with a folder, since - is one of several inputs: what comes from standard input has no place of its own.',
    );
  }
  await using folder = await temporaryFolder('pipe');
  try {
    const named: string[] = [];
    for (const input of inputs) {
      named.push(input === '-' ? await spoolInput(folder.path, interruption.signal) : input);
    }
    const options = optionsOf(flags, configured);
    // The input lies in a temporary folder, so its output goes to the current folder instead.
    const output = toStdout
      ? path.join(folder.path, 'output.mkv')
      : (flags.output ?? `.${path.sep}`);
    const result = await runBatch(
      named,
      {
        ...options,
        output,
        ...(toStdout && flags.log === true ? { log: false } : {}),
      },
      talk,
      interruption,
    );
    if (toStdout && result.exitCode === 0 && flags.dryRun !== true) {
      await streamOutput(output);
    }
    return result;
  } catch (error) {
    if (exitCodeOf(error) === 130) return { exitCode: 130 };
    throw error;
  }
}
