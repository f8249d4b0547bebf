import type { JobEstimate } from '../../upscale/estimate/estimate.js';
import { totalEstimate } from '../../upscale/estimate/total-estimate.js';
import { totalLine } from '../display/estimate-lines.js';
import { reportPathOf } from '../../library/report-path.js';
import { sidecarPathOf } from '../../metrics/sidecar.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import {
  upscale,
  upscaleBy,
  type UpscaleClip,
  type UpscaleOutcome,
} from '../../upscale/upscale.js';
import { addFacts, hasEventsOnStderr, isAnsweredInJson, tell } from '../process/answer.js';
import type { BatchInterruption } from '../process/interruption.js';
import { BarDisplay } from '../display/bar-display.js';
import {
  closingLines,
  failedProgram,
  howToGoOn,
  outcomeTable,
  type ShownOutcome,
} from '../display/outcome-lines.js';
import {
  LineDisplay,
  SilentDisplay,
  type BatchView,
  type ProgressDisplay,
} from '../display/progress-display.js';
import { hasTerminal, say, sayRaw, screenWidth } from '../display/say.js';
import { sentenceOf } from '../display/sentence.js';
import { EventTalk } from './event-talk.js';

/** How a batch is reported. */
export type Talk = {
  readonly quiet: boolean;
  /** The report page that is wanted, `true` for one of the default name; `null` for none. */
  readonly report: string | true | null;
  /** The page may replace a file that is no report. */
  readonly overwrite: boolean;
};

/** What handles the clips of a batch instead of this process; `say` shows a sentence meanwhile. */
export type OtherWay = (say: (sentence: string) => void) => UpscaleClip;

/** The result of a batch. */
export type BatchResult = { readonly exitCode: 0 | 1 | 2 | 130 };

async function openDisplay(talk: Talk, view: BatchView): Promise<ProgressDisplay> {
  if (talk.quiet || isAnsweredInJson() || hasEventsOnStderr()) return new SilentDisplay();
  return hasTerminal() && process.stderr.columns > 0
    ? BarDisplay.open(view)
    : new LineDisplay(view);
}

/**
 * The worst of what the outcomes say: interrupted, otherwise failed, otherwise a wrong call,
 * otherwise all is well.
 */
function batchExitCode(outcomes: readonly UpscaleOutcome[]): BatchResult['exitCode'] {
  const codes = new Set(
    outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error.exitCode] : [])),
  );
  // The clip is done, but not all that was asked for.
  if (outcomes.some((outcome) => failedProgram(outcome) !== null)) codes.add(1);
  for (const code of [130, 1, 2] as const) if (codes.has(code)) return code;
  return 0;
}

/**
 * Runs a batch with its progress, its table and its summary, until `interruption` says to stop;
 * prints, but never exits.
 */
export async function runBatch(
  inputs: readonly string[],
  options: UpscaleOptions,
  talk: Talk,
  interruption: BatchInterruption,
  otherWay: OtherWay | null = null,
): Promise<BatchResult> {
  const talking = new EventTalk(options.dryRun ?? false);
  const display = await openDisplay(talk, talking);
  talking.showOn(display);
  const plans: object[] = [];
  const estimates: JobEstimate[] = [];
  try {
    const signalled = { ...options, signal: interruption.signal };
    const show = (sentence: string): void => display.say(sentence);
    const events =
      otherWay === null ? upscale(inputs, signalled) : upscaleBy(inputs, signalled, otherWay(show));
    for await (const event of events) {
      tell(event);
      talking.show(event);
      if (event.event !== 'plan') continue;
      plans.push({ clip: event.clip, ...event.facts });
      if (event.facts.estimate !== null) estimates.push(event.facts.estimate);
    }
  } finally {
    display.stop();
    // The report page may still have to be made, which an interruption then leaves out.
    interruption.over(howToGoOn);
  }
  if (options.dryRun === true) addFacts({ plans, total: totalEstimate(estimates) });
  const { outcomes } = talking;
  const isLeft = outcomes.some(({ outcome }) => outcome.status === 'queued');
  const isDetached = interruption.signal.aborted && isLeft;
  const exitCode = isDetached ? 130 : batchExitCode(outcomes.map(({ outcome }) => outcome));
  if (outcomes.length > 1 && !(display instanceof SilentDisplay)) {
    sayRaw(`\n${outcomeTable(outcomes, screenWidth())}\n\n`);
    for (const line of closingLines(outcomes)) say(line);
    if (options.dryRun === true && estimates.length > 0) say(totalLine(estimates));
  }
  if (talk.report !== null) await report(outcomes, talk, display);
  return { exitCode };
}

async function report(
  outcomes: readonly ShownOutcome[],
  { report: wish, overwrite }: Talk,
  display: ProgressDisplay,
): Promise<void> {
  const outputs = outcomes.flatMap(({ outcome: { output, ...outcome } }) =>
    'summary' in outcome && outcome.summary !== null && output !== null ? [output] : [],
  );
  const unfinished = outcomes.flatMap(({ outcome, begun }) => {
    if (!('error' in outcome)) return [];
    const { clip, status, error } = outcome;
    const reason = status === 'failed' ? sentenceOf(error) : (begun ?? '');
    return [{ input: clip ?? '', result: status, reason }];
  });
  const [first, ...others] = outputs;
  if (first === undefined) return;
  const file = typeof wish === 'string' ? wish : reportPathOf([first, ...others]);
  display.say('Making the report …');
  const { writeReport } = await import('../../report/page/write-report.js');
  await writeReport(outputs.map(sidecarPathOf), file, { overwrite, unfinished });
  addFacts({ report: file });
  display.say(`Report: ${file}`);
}
