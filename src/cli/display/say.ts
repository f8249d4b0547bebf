import { printable } from '../../printable.js';
import { wrapLine } from './wrap-line.js';

/** Standard error belongs to events: no word for people goes there. */
let isForEvents = false;

/** From now on nothing for people is written to standard error. */
export function leaveStderrToEvents(): void {
  isForEvents = true;
  // Node itself writes its warnings there.
  process.removeAllListeners('warning');
}

/** Whether there is a terminal that text for people goes to. */
export function hasTerminal(): boolean {
  return process.stderr.isTTY && !isForEvents;
}

/** Text for people, on stderr, as it is: it may move the cursor. */
export function sayRaw(text: string): void {
  if (!isForEvents) process.stderr.write(text);
}

/** What no line is broken inside of: names, paths and calls with spaces, as they are shown. */
const whole = new Set<string>();

/** From now on no line is broken inside of `text`, so that it can be copied from a terminal. */
export function keepWhole(text: string): void {
  if (text.includes(' ')) whole.add(printable(text));
}

/**
 * A line for people, on stderr; what could steer their terminal is written out. On a terminal a
 * long one is wrapped between words.
 */
export function say(line: string): void {
  sayRaw(`${onScreen(printable(line))}\n`);
}

/** A line as it is written to `stream`: wrapped between words where that is a terminal. */
export function onScreen(
  line: string,
  stream: NodeJS.WriteStream = process.stderr,
  hang?: number,
): string {
  return stream.isTTY ? wrapLine(line, screenWidth(stream), whole, hang) : line;
}

/**
 * Columns that text for people may take: those of their terminal, `otherwise` where there is none.
 */
export function screenWidth(stream: NodeJS.WriteStream = process.stderr, otherwise = 80): number {
  const { columns } = stream;
  return columns > 0 ? columns : otherwise;
}

/** A file's path for standard output: as it is for programs, written out for a terminal. */
export function shownPath(file: string): string {
  return process.stdout.isTTY ? printable(file) : file;
}
