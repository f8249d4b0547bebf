import { type ErrorFacts, VsrError } from '../../errors.js';
import type { DoneEvent, EndEvent, JobEvent, Outcome, VsrEvent } from '../../events.js';
import { printableJson } from '../../printable.js';
import { version } from '../../version.js';
import { leaveStderrToEvents } from '../display/say.js';
import { sentenceOf } from '../display/sentence.js';
import { EventLines } from './event-lines.js';

/** Version of the summary; `docs/schema/summary.json` describes it. */
const summaryVersion = 1;

/** What a call asked for by `--json`, `--progress` and `--progress-fd`. */
type Asked = { readonly json: boolean; readonly events: number | null };

/** The value of `--name value` or `--name=value`, the last one given. */
function valueOf(name: string, words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[at];
  if (word === undefined) return undefined;
  return word === name ? words[at + 1] : word.slice(name.length + 1);
}

/** Read before the command parses its options, so that wrong calls are answered in JSON, too. */
function askedBy(words: readonly string[]): Asked {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const fd = valueOf('--progress-fd', options);
  const json = options.includes('--json');
  if (fd !== undefined && /^\d+$/.test(fd)) return { json, events: Number(fd) };
  return { json, events: valueOf('--progress', options) === 'json' ? 2 : null };
}

/**
 * The answer to a program that calls vsr: events as they come, and one summary at the end. There is
 * one per process.
 */
class Answer {
  command = '';
  json = false;
  /** Where the summary goes. */
  stream: NodeJS.WriteStream = process.stdout;
  lines: EventLines | null = null;
  linesFd: number | null = null;
  readonly outcomes: Outcome[] = [];
  facts: object = {};
  isOver = false;

  tell(event: VsrEvent): void {
    if (event.event === 'done' || event.event === 'failed') this.outcomes.push(event);
    this.lines?.write(event);
  }

  end(exitCode: EndEvent['exitCode']): void {
    if (this.isOver) return;
    this.isOver = true;
    this.tell({ event: 'end', exitCode });
  }
}

const answer = new Answer();

/**
 * Reads from the words of a call in which form a program wants its answer. Throws VsrError `option`
 * for a file descriptor that is not open, and where events and summary would mix.
 */
export function openAnswer(command: string, words: readonly string[]): void {
  answer.command = command;
  const { json, events } = askedBy(words);
  answer.json = json;
  if (events === null) return;
  if (events === 1 && json) {
    throw new VsrError(
      'option',
      'Expected another file descriptor for --progress-fd than 1: the summary goes there.',
    );
  }
  answer.lines = new EventLines(events);
  answer.linesFd = events;
  if (events === 2) leaveStderrToEvents();
  // However the process ends, the last line reports it.
  process.once('exit', (code) => answer.end(code as EndEvent['exitCode']));
}

/** Whether the call is answered by a summary in JSON, so that nothing else goes to its stream. */
export function isAnsweredInJson(): boolean {
  return answer.json;
}

/** Whether standard error is for events alone. */
export function hasEventsOnStderr(): boolean {
  return answer.linesFd === 2;
}

/** Passes an event on, and keeps what the summary needs of it. */
export function tell(event: JobEvent): void {
  answer.tell(event);
}

/** Adds facts to the summary, beside the outcomes. */
export function addFacts(facts: object): void {
  answer.facts = { ...answer.facts, ...facts };
}

/**
 * Sends the summary to standard error, because standard output is in use. Throws VsrError `option`
 * where events go to one of these.
 */
export function giveUpStdout(): void {
  if (answer.json && hasEventsOnStderr()) {
    throw new VsrError(
      'option',
      'Expected --progress-fd with --json and -o -: the clip takes standard output, and the summary standard error.',
    );
  }
  if (answer.linesFd === 1) {
    throw new VsrError(
      'option',
      'Expected another file descriptor for --progress-fd than 1: the clip takes standard output.',
    );
  }
  answer.stream = process.stderr;
}

/** The result of the program of `--exec` for a clip. */
const execIn = ({ exec }: DoneEvent): object => (exec === undefined ? {} : { exec });

/** The queue of a clip that this call does not wait for. */
function queuedIn(outcome: Outcome): object {
  return outcome.status === 'queued' ? { queued: outcome.queued } : {};
}

/** Writes the summary and the last event. `error` is what ended the whole call, if anything did. */
export function closeAnswer(exitCode: EndEvent['exitCode'], error: ErrorFacts | null): void {
  if (answer.isOver) return;
  const { outcomes, command, json, facts } = answer;
  const isTold = outcomes.some(({ event }) => event === 'failed');
  if (error !== null && !isTold) {
    const status = error.code === 'interrupted' ? 'not begun' : 'failed';
    answer.lines?.write({ event: 'failed', clip: null, status, output: null, error });
  }
  if (json) {
    const told = (facts: ErrorFacts) => ({ ...facts, message: sentenceOf(facts) });
    const summary = {
      version: summaryVersion,
      vsr: version(),
      ...{ command, exitCode },
      error: error === null ? null : told(error),
      outcomes: outcomes.map((outcome) => {
        const { clip, status, output } = outcome;
        const same = { clip, status, output };
        return 'error' in outcome
          ? { ...same, error: told(outcome.error) }
          : { ...same, summary: outcome.summary, ...execIn(outcome), ...queuedIn(outcome) };
      }),
      facts,
    };
    answer.stream.write(`${printableJson(summary)}\n`);
  }
  answer.end(exitCode);
}
