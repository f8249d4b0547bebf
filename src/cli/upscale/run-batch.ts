import { sidecarPathOf } from '../../metrics/sidecar.js';
import path from 'node:path';
import { exitCodeOf } from '../../errors.js';
import { printableJson } from '../../printable.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import { upscale, type Outcome } from '../../upscale/upscale.js';
import { version } from '../../version.js';
import type { BatchInterruption } from '../process/interruption.js';
import { BarDisplay } from '../display/bar-display.js';
import { planJson } from '../display/describe.js';
import { closingLines, endingWord, outcomeTable, type Ending } from '../display/outcome-lines.js';
import {
  LineDisplay,
  SilentDisplay,
  type BatchView,
  type ProgressDisplay,
} from '../display/progress-display.js';
import { say, screenWidth } from '../display/say.js';
import { sentenceOf } from '../display/sentence.js';
import { EventTalk } from './event-talk.js';

/** How a batch is talked about. */
export type Talk = {
  /** Where the machine-readable summary goes; `null` for none. */
  readonly json: NodeJS.WritableStream | null;
  readonly quiet: boolean;
  /** A report page is wanted: its file, or `true` for the name by default. */
  readonly report: string | true | null;
  /** The page may replace a file that is no report. */
  readonly overwrite: boolean;
};

/** What a batch came to. */
export type BatchResult = { readonly exitCode: 0 | 1 | 2 | 130 };

async function openDisplay(talk: Talk, view: BatchView): Promise<ProgressDisplay> {
  if (talk.quiet || talk.json !== null) return new SilentDisplay();
  const { isTTY, columns } = process.stderr;
  return isTTY && columns > 0 ? BarDisplay.open(view) : new LineDisplay(view);
}

/**
 * The worst of what the outcomes say: interrupted, otherwise failed, otherwise a wrong call,
 * otherwise all is well.
 */
export function batchExitCode(outcomes: readonly Outcome[]): BatchResult['exitCode'] {
  const codes = new Set(
    outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [exitCodeOf(outcome.error)] : [])),
  );
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
): Promise<BatchResult> {
  const talking = new EventTalk(options.dryRun ?? false);
  const display = await openDisplay(talk, talking);
  talking.showOn(display);
  const plans: unknown[] = [];
  try {
    for await (const event of upscale(inputs, { ...options, signal: interruption.signal })) {
      talking.show(event);
      if (event.type === 'plan' && options.dryRun === true) plans.push(planJson(event.plan));
    }
  } finally {
    display.stop();
    interruption.over();
  }
  const { endings } = talking;
  const outcomes = endings.map(({ outcome }) => outcome);
  const exitCode = batchExitCode(outcomes);
  if (endings.length > 1 && !(display instanceof SilentDisplay)) {
    process.stderr.write(`\n${outcomeTable(endings, screenWidth())}\n\n`);
    for (const line of closingLines(endings)) say(line);
  }
  if (talk.report !== null) await report(endings, talk, display);
  if (talk.json !== null) {
    const summary = {
      vsr: version(),
      exitCode,
      outcomes: endings.map(outcomeJson),
      ...(plans.length > 0 ? { plans } : {}),
    };
    talk.json.write(`${printableJson(summary)}\n`);
  }
  return { exitCode };
}

function outcomeJson(ending: Ending): unknown {
  const { outcome } = ending;
  if (outcome.status !== 'failed') return outcome;
  const { error, ...rest } = outcome;
  const status = endingWord(ending);
  return { ...rest, status, error: { message: sentenceOf(error), exitCode: exitCodeOf(error) } };
}

async function report(
  endings: readonly Ending[],
  { report: wish, overwrite }: Talk,
  display: ProgressDisplay,
): Promise<void> {
  const outputs = endings.flatMap(({ outcome }) =>
    outcome.status === 'done' || outcome.status === 'skipped' ? [outcome.output] : [],
  );
  const unfinished = endings.flatMap((ending) => {
    const { outcome } = ending;
    if (outcome.status !== 'failed') return [];
    const result = endingWord(ending);
    const reason = result === 'failed' ? sentenceOf(outcome.error) : (ending.begun ?? '');
    return [{ input: outcome.input, result, reason }];
  });
  const first = outputs[0];
  if (first === undefined) return;
  const file =
    typeof wish === 'string'
      ? wish
      : outputs.length === 1
        ? `${first}.report.html`
        : path.join(path.dirname(first), 'vsr-report.html');
  display.say('Making the report …');
  const { writeReport } = await import('../../report/page/write-report.js');
  await writeReport(outputs.map(sidecarPathOf), file, { overwrite, unfinished });
  display.say(`Report: ${file}`);
}
