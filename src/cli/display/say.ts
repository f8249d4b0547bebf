import { printable } from '../../printable.js';

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

/**
 * A line for people, on stderr; what could steer their terminal is written out. A terminal that is
 * too narrow for it would break it within words: it breaks between them, and a path stays whole.
 */
export function say(line: string): void {
  const shown = printable(line);
  sayRaw(`${hasTerminal() ? folded(shown, screenWidth()) : shown}\n`);
}

/**
 * `line` in lines of at most `width` columns, the later ones two further in than the first. Written
 * out, since wrap-ansi takes longer to load than all else that `vsr --help` needs.
 */
function folded(line: string, width: number): string {
  if (line.length <= width) return line;
  const [lead = ''] = /^ */.exec(line) ?? [];
  const lines = [''];
  for (const word of line.slice(lead.length).split(' ')) {
    const last = lines.at(-1)!;
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || lead.length + 2 + longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lead + lines.join(`\n${lead}  `);
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
