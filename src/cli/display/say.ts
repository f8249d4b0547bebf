import { printable } from '../../printable.js';

/** A line for people, on stderr; what could steer their terminal is written out. */
export function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
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
