import path from 'node:path';
import { endings, type Ending, type Queued } from '../../events.js';
import type { UpscaleOutcome } from '../../upscale/upscale.js';
import { sentenceOf } from './sentence.js';
import { showSpan } from '../../show-time.js';
import { formatTable } from './table.js';
import { shellWord } from '../../printable.js';

/** How one input ended, with what only this run knows. */
export type ShownOutcome = {
  readonly outcome: UpscaleOutcome;
  /** The input's name, distinct from those of the others. */
  readonly name: string;
  /** How far it came, where it was begun: `112 of 250`. */
  readonly begun: string | null;
};

/** How to go on with a job or batch that was interrupted. */
export const howToGoOn = 'Run the same command again to go on; what is finished is not done again.';

function decibels(value: number): string {
  return value === Infinity ? 'equal' : `${value.toFixed(2)} dB`;
}

/** The one figure that a line has space for. */
function psnrOf(outcome: UpscaleOutcome): string {
  if (outcome.status !== 'done') return '';
  const { psnr } = outcome.summary;
  if (psnr?.psnrY) return `, ${decibels(psnr.psnrY.mean)} to the reference`;
  const back = psnr?.psnrToSourceY?.mean;
  return back === undefined ? '' : `, reduced again ${decibels(back)} to the source`;
}

/** Whether an output is incomplete because its source was damaged, which was allowed. */
function isDamaged(outcome: UpscaleOutcome): boolean {
  return 'summary' in outcome && (outcome.summary?.source.damage ?? []).length > 0;
}

/** Why the program that ran for a finished clip failed; `null` where it did not. */
export function failedProgram(outcome: UpscaleOutcome): string | null {
  return 'exec' in outcome ? (outcome.exec?.error ?? null) : null;
}

/** The call that waits for a clip of a queue. */
export function comeBackCall({ name, queue }: Queued['queued']): string {
  return `vsr queue watch ${name} --queue ${shellWord(queue)}`;
}

/** How one input ended, in one line. If it is the only input, the line also says how to go on. */
export function outcomeLine(shown: ShownOutcome, alone: boolean): string {
  const { outcome, name, begun } = shown;
  const goOn = alone ? ` ${howToGoOn}` : '';
  switch (outcome.status) {
    case 'not begun':
      return `${name}: not begun.${goOn}`;
    case 'interrupted':
      return `${name}: interrupted after ${begun} frames.${goOn}`;
  }
  if ('error' in outcome) return `${name}: failed: ${sentenceOf(outcome.error)}`;
  if (outcome.status === 'queued') {
    const { queued } = outcome;
    return `${name}: in the queue as ${queued.name}. Come back with: ${comeBackCall(queued)}, or with the same command.`;
  }
  if (outcome.summary === null) return `${name}: would be written to ${outcome.output}`;
  const { output, elapsedSeconds, fps, provider, precision, vsr } = outcome.summary;
  if (outcome.status === 'skipped')
    return `${name}: skipped, ${outcome.output} is finished (${output.frames} frames, by vsr ${vsr})`;
  const frames = `${output.frames} ${output.frames === 1 ? 'frame' : 'frames'}`;
  const program = failedProgram(outcome);
  const after = program === null ? '' : `; but ${program}`;
  const runs = precision === null ? provider : `${provider} ${precision}`;
  // Where all frames were done before, nothing tells how fast they are.
  const pace = fps > 0 ? `${fps.toFixed(1)} fps, ` : '';
  const damaged = isDamaged(outcome) ? ' of a damaged source' : '';
  return `${name}: done, ${frames}${damaged} in ${showSpan(elapsedSeconds)} (${pace}${runs})${psnrOf(outcome)}: ${outcome.output}${after}`;
}

function tableRow(shown: ShownOutcome, measured: boolean): string[] {
  const { outcome, name, begun } = shown;
  const head = [name, `${outcome.status}${isDamaged(outcome) ? ', damaged' : ''}`];
  if ('error' in outcome) return [...head, begun ?? ''];
  if (outcome.summary === null) return head;
  const { output, fps, psnr } = outcome.summary;
  const mean = psnr?.psnrY?.mean;
  const figure = mean === undefined ? '' : decibels(mean);
  return [
    ...head,
    String(output.frames),
    fps > 0 ? fps.toFixed(1) : '',
    ...(measured ? [figure] : []),
  ];
}

/** The outcome of each clip of a batch, as a table of at most `width` columns. */
export function outcomeTable(all: readonly ShownOutcome[], width: number): string {
  const measured = all.some(
    ({ outcome }) =>
      'summary' in outcome && outcome.summary !== null && outcome.summary.psnr?.psnrY !== null,
  );
  const header = ['clip', 'result', 'frames', 'fps', ...(measured ? ['to reference'] : [])];
  const rows = all.map((shown) => tableRow(shown, measured));
  return formatTable(header, rows, { right: new Set([2, 3, 4]), width });
}

/**
 * The result of a batch, in lines below its table: counts, reasons of failures, where outputs are,
 * how to go on.
 */
export function closingLines(all: readonly ShownOutcome[]): string[] {
  const counts = new Map<Ending, number>();
  for (const { outcome } of all) {
    counts.set(outcome.status, (counts.get(outcome.status) ?? 0) + 1);
  }
  const failed = all.flatMap(({ outcome, name }) => {
    const program = failedProgram(outcome);
    if (program !== null) return [`${name}: done, but ${program}`];
    return outcome.status === 'failed' && 'error' in outcome
      ? [`${name}: ${sentenceOf(outcome.error)}`]
      : [];
  });
  const folders = new Set(
    all.flatMap(({ outcome }) =>
      'summary' in outcome && outcome.summary !== null && outcome.output !== null
        ? [path.dirname(outcome.output)]
        : [],
    ),
  );
  const unfinished = counts.has('interrupted') || counts.has('not begun');
  return [
    `${endings.flatMap((word) => (counts.has(word) ? [`${counts.get(word)} ${word}`] : [])).join(', ')}.`,
    ...(folders.size === 1 ? [`Outputs are in ${[...folders].join()}.`] : []),
    ...failed,
    ...(unfinished ? [howToGoOn] : []),
  ];
}
