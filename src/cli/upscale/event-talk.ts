import path from 'node:path';
import type { DoneEvent, FailedEvent, ProgressEvent } from '../../events.js';
import type { Sidecar } from '../../metrics/sidecar.js';
import { namesApart } from '../../names-apart.js';
import type { UpscaleEvent } from '../../upscale/upscale.js';
import { BatchTally } from '../display/batch-tally.js';
import { describeNote, describePlan } from '../display/describe.js';
import {
  comeBackCall,
  failedProgram,
  outcomeLine,
  type ShownOutcome,
} from '../display/outcome-lines.js';
import {
  SilentDisplay,
  type BatchView,
  type ProgressDisplay,
} from '../display/progress-display.js';
import { keepWhole, say } from '../display/say.js';

/** Shows events and remembers what the table at the end and later lines need of them. */
export class EventTalk implements BatchView {
  readonly tally = new BatchTally();
  readonly outcomes: ShownOutcome[] = [];
  readonly #dryRun: boolean;
  /** The last progress of each input that was begun. */
  readonly #begun = new Map<string, ProgressEvent>();
  #names: ReadonlyMap<string, string> = new Map();
  #display: ProgressDisplay = new SilentDisplay();

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  showOn(display: ProgressDisplay): void {
    this.#display = display;
  }

  nameOf = (clip: string): string => this.#names.get(clip) ?? path.basename(clip);

  show(event: UpscaleEvent): void {
    switch (event.event) {
      case 'start':
        this.#names = namesApart(event.clips);
        for (const names of this.#names) names.forEach(keepWhole);
        this.tally.start(event.clips);
        this.#display.start();
        break;
      case 'plan': {
        const { clip, frames, facts, finished, output } = event;
        if (output !== null) keepWhole(output);
        this.tally.plan(clip, frames, facts.width * facts.height);
        if (finished) break;
        for (const line of describePlan(event, this.nameOf(clip), this.#dryRun)) {
          this.#display.say(line);
        }
        break;
      }
      case 'note':
      case 'lost':
        this.#display.say(describeNote(event));
        break;
      case 'progress':
        this.#begun.set(event.clip, event);
        this.tally.update(event);
        this.#display.update(event);
        break;
      case 'done':
      case 'failed':
        this.#end(event);
    }
  }

  #end(outcome: DoneEvent<Sidecar> | FailedEvent): void {
    const clip = outcome.clip ?? '';
    this.tally.end(clip);
    const progress = this.#begun.get(clip);
    const all = progress === undefined || progress.of === null ? '' : ` of ${progress.of}`;
    const shown = {
      outcome,
      name: this.nameOf(clip),
      begun: progress === undefined ? null : `${progress.frames}${all}`,
    };
    this.outcomes.push(shown);
    if (outcome.status === 'queued') keepWhole(comeBackCall(outcome.queued));
    const line = outcomeLine(shown, this.#names.size < 2);
    this.#display.end(clip, line);
    if (!(this.#display instanceof SilentDisplay)) return;
    if (outcome.event === 'failed' || failedProgram(outcome) !== null) say(line);
  }
}
