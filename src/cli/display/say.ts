import { printable } from '../../printable.js';
import type { wrapLine } from './wrap-line.js';

/** Whether standard error is for events alone, without text for people. */
let isForEvents = false;

/** From now on nothing for people is written to standard error. */
export function leaveStderrToEvents(): void {
  isForEvents = true;
  // Node itself writes its warnings there.
  process.removeAllListeners('warning');
}

/** Whether text for people goes to a terminal. */
export function hasTerminal(): boolean {
  return process.stderr.isTTY && !isForEvents;
}

/** Writes text for people to stderr without escaping it: it may move the cursor. */
export function sayRaw(text: string): void {
  if (!isForEvents) process.stderr.write(text);
}

/** Wraps lines, once there is a terminal that needs it. */
let wrap: typeof wrapLine | undefined;

/**
 * Loads what wraps lines, where there is a terminal. Elsewhere it is left out: measuring the width
 * of text takes longer to load than everything else that a short command needs.
 */
export async function prepareScreen(): Promise<void> {
  if (!process.stderr.isTTY && !process.stdout.isTTY) return;
  ({ wrapLine: wrap } = await import('./wrap-line.js'));
}

/**
 * Texts that are never broken over lines: names, paths and calls with spaces, as they are shown.
 */
const whole = new Set<string>();

/** From now on `text` is never broken over lines, so that it can be copied from a terminal. */
export function keepWhole(text: string): void {
  if (text.includes(' ')) whole.add(printable(text));
}

/**
 * Writes a line for people to stderr; characters that could control the terminal are escaped. On a
 * terminal, a long line is wrapped between words.
 */
export function say(line: string): void {
  sayRaw(`${onScreen(printable(line))}\n`);
}

/** A line in the form for `stream`: wrapped between words where that is a terminal. */
export function onScreen(
  line: string,
  stream: NodeJS.WriteStream = process.stderr,
  hang?: number,
): string {
  return stream.isTTY && wrap ? wrap(line, screenWidth(stream), whole, hang) : line;
}

/**
 * Width of text for people, in columns: that of their terminal, `otherwise` where there is none.
 */
export function screenWidth(stream: NodeJS.WriteStream = process.stderr, otherwise = 80): number {
  const { columns } = stream;
  return columns > 0 ? columns : otherwise;
}

/** A file's path for standard output: unchanged for programs, escaped for a terminal. */
export function shownPath(file: string): string {
  return process.stdout.isTTY ? printable(file) : file;
}
