import path from 'node:path';
import { exitCodeOf } from '../../errors.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import { upscale, type Outcome, type UpscaleEvent } from '../../upscale/upscale.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import type { StillPlan } from '../../upscale/upscale-still.js';
import { version } from '../../version.js';
import type { BatchInterruption } from '../process/interruption.js';
import {
  describePlan,
  lateLines,
  outcomeLine,
  outcomeTable,
  planJson,
} from '../display/describe.js';
import {
  BarDisplay,
  LineDisplay,
  SilentDisplay,
  type ProgressDisplay,
} from '../display/progress-display.js';

/** How a batch is talked about. */
export type Talk = {
  /** Where the machine-readable summary goes; `null` for none. */
  readonly json: NodeJS.WritableStream | null;
  readonly quiet: boolean;
  /** A report page is wanted: its file, or `true` for the name by default. */
  readonly report: string | true | null;
};

/** What a batch came to. */
export type BatchResult = { readonly exitCode: 0 | 1 | 2 | 130 };

async function openDisplay(talk: Talk): Promise<ProgressDisplay> {
  if (talk.quiet || talk.json !== null) return new SilentDisplay();
  return process.stderr.isTTY ? BarDisplay.open() : new LineDisplay();
}

/** The worst of what the outcomes say: interrupted, else failed, else a wrong call, else all is well. */
export function batchExitCode(outcomes: readonly Outcome[]): BatchResult['exitCode'] {
  const codes = new Set(
    outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [exitCodeOf(outcome.error)] : [])),
  );
  for (const code of [130, 1, 2] as const) if (codes.has(code)) return code;
  return 0;
}

/** Shows events; remembers each clip's plan, to say at its end what the plan did not. */
class EventTalk {
  readonly #display: ProgressDisplay;
  readonly #dryRun: boolean;
  readonly #plans = new Map<string, JobPlan | StillPlan>();

  constructor(display: ProgressDisplay, dryRun: boolean) {
    this.#display = display;
    this.#dryRun = dryRun;
  }

  show(event: UpscaleEvent): void {
    if (event.type === 'start') this.#display.start(event.inputs.length);
    else if (event.type === 'progress') this.#display.update(event.progress);
    else if (event.type === 'plan') {
      this.#plans.set(event.plan.input, event.plan);
      this.#say(describePlan(event.plan, this.#dryRun));
    } else {
      const { outcome } = event;
      this.#say(lateLines(outcome, this.#plans.get(outcome.input)));
      this.#plans.delete(outcome.input);
      this.#display.end(outcome.output, outcomeLine(outcome));
    }
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#display.say(line);
  }
}

/**
 * Runs a batch with its progress, its table and its summary, until `interruption` says to stop; prints, but never
 * exits.
 */
export async function runBatch(
  inputs: readonly string[],
  options: UpscaleOptions,
  talk: Talk,
  interruption: BatchInterruption,
): Promise<BatchResult> {
  const display = await openDisplay(talk);
  const talking = new EventTalk(display, options.dryRun ?? false);
  const outcomes: Outcome[] = [];
  const plans: unknown[] = [];
  try {
    for await (const event of upscale(inputs, { ...options, signal: interruption.signal })) {
      talking.show(event);
      if (event.type === 'plan' && options.dryRun === true) plans.push(planJson(event.plan));
      if (event.type !== 'end') continue;
      outcomes.push(event.outcome);
      if (event.outcome.status === 'failed' && display instanceof SilentDisplay) {
        process.stderr.write(`${outcomeLine(event.outcome)}\n`);
      }
    }
  } finally {
    display.stop();
    interruption.over();
  }
  const exitCode = batchExitCode(outcomes);
  if (outcomes.length > 1 && !(display instanceof SilentDisplay)) {
    process.stderr.write(`\n${outcomeTable(outcomes)}\n`);
  }
  if (talk.report !== null) await report(outcomes, talk.report, display);
  if (talk.json !== null) {
    const summary = {
      vsr: version(),
      exitCode,
      outcomes: outcomes.map(outcomeJson),
      ...(plans.length > 0 ? { plans } : {}),
    };
    talk.json.write(`${JSON.stringify(summary, infinityAsText, 2)}\n`);
  }
  return { exitCode };
}

function outcomeJson(outcome: Outcome): unknown {
  if (outcome.status !== 'failed') return outcome;
  const { error, ...rest } = outcome;
  return { ...rest, error: { message: error.message, exitCode: exitCodeOf(error) } };
}

/** JSON has no infinity: equal planes are "inf", as in the log. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Infinity ? 'inf' : value;
}

async function report(
  outcomes: readonly Outcome[],
  wish: string | true,
  display: ProgressDisplay,
): Promise<void> {
  const outputs = outcomes.flatMap((outcome) =>
    outcome.status === 'done' || outcome.status === 'skipped' ? [outcome.output] : [],
  );
  const first = outputs[0];
  if (first === undefined) return;
  const file =
    wish !== true
      ? wish
      : outputs.length === 1
        ? `${first}.report.html`
        : path.join(path.dirname(first), 'vsr-report.html');
  const { writeReport } = await import('../../report/page/write-report.js');
  await writeReport(
    outputs.map((output) => `${output}.vsr.json`),
    file,
  );
  display.say(`Report: ${file}`);
}
