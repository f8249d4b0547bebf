import path from 'node:path';
import { namesApart } from '../../names-apart.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import type { Progress } from '../../upscale/segments/progress.js';
import type { Outcome, UpscaleEvent } from '../../upscale/upscale.js';
import type { StillPlan } from '../../upscale/plan/still-plan.js';
import { BatchTally } from '../display/batch-tally.js';
import { describePlan, lateLines } from '../display/describe.js';
import { outcomeLine, type Ending } from '../display/outcome-lines.js';
import {
  SilentDisplay,
  type BatchView,
  type ProgressDisplay,
} from '../display/progress-display.js';
import { say } from '../display/say.js';

/** Shows events and remembers what the table at the end and later lines need of them. */
export class EventTalk implements BatchView {
  readonly tally = new BatchTally();
  readonly endings: Ending[] = [];
  readonly #dryRun: boolean;
  readonly #plans = new Map<string, JobPlan | StillPlan>();
  /** How far each input came that was begun. */
  readonly #begun = new Map<string, Progress>();
  #names: ReadonlyMap<string, string> = new Map();
  #display: ProgressDisplay = new SilentDisplay();

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  showOn(display: ProgressDisplay): void {
    this.#display = display;
  }

  nameOf = (input: string): string => this.#names.get(input) ?? path.basename(input);

  show(event: UpscaleEvent): void {
    if (event.type === 'start') {
      this.#names = namesApart(event.inputs);
      this.tally.start(event.inputs);
      this.#display.start();
    } else if (event.type === 'progress') {
      this.#begun.set(event.progress.input, event.progress);
      this.tally.update(event.progress);
      this.#display.update(event.progress);
    } else if (event.type === 'plan') {
      const { plan, finished } = event;
      this.#plans.set(plan.input, plan);
      this.tally.plan(plan.input, framesOf(plan), plan.size.width * plan.size.height);
      if (!finished) this.#say(describePlan(plan, this.nameOf(plan.input), this.#dryRun));
    } else this.#end(event.outcome);
  }

  #end(outcome: Outcome): void {
    this.#say(lateLines(outcome, this.#plans.get(outcome.input)));
    this.#plans.delete(outcome.input);
    this.tally.end(outcome.input);
    const progress = this.#begun.get(outcome.input);
    const all = progress?.total == null ? '' : ` of ${progress.total}`;
    const ending = {
      outcome,
      name: this.nameOf(outcome.input),
      begun: progress === undefined ? null : `${progress.frames}${all}`,
    };
    this.endings.push(ending);
    const line = outcomeLine(ending, this.#names.size < 2);
    this.#display.end(outcome.output, line);
    if (outcome.status === 'failed' && this.#display instanceof SilentDisplay) say(line);
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#display.say(line);
  }
}

/** Frames that a plan counts on; `null` where the source does not tell. */
function framesOf(plan: JobPlan | StillPlan): number | null {
  return plan.kind === 'still' ? 1 : (plan.source.video.frameCount ?? null);
}
