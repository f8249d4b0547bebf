import { complaintIn, type Complaint } from '../damage/complaint.js';

/** ffmpeg's stderr while it joins, listened to. */
export type JoinComplaints = {
  /** To be called with every line, written with `-loglevel level+info`. */
  readonly onLine: (line: string) => void;
  /** What it complained about, each once; the first hundred. */
  readonly found: readonly string[];
};

const mostKept = 100;

/** Lines on errors, whoever speaks. */
const errorLine = /^(?:\[[^\]]* @ [^\]]*\] )?\[(?:error|fatal|panic)\] (.*)$/;

/** A text without its numbers: sizes, times and addresses differ from one reading to the next. */
const shape = (text: string): string => text.replace(/0x[\da-f]+|\d+/gi, '#');

/**
 * Listens to the ffmpeg that writes an output. What of it was `heard` when the source was read
 * has been judged there; what is left is about the writing, or about what only joining decodes.
 */
export function joinComplaints(heard: readonly Complaint[]): JoinComplaints {
  const known = new Set(heard.map(({ text }) => shape(text)));
  const found: string[] = [];
  /** What ffmpeg meets while it looks for streams, it meets again while it copies them. */
  let joining = false;
  return {
    found,
    onLine(line) {
      if (line.includes('Stream mapping:')) joining = true;
      if (!joining || found.length >= mostKept) return;
      const text = errorLine.exec(line)?.[1] ?? complaintIn(line)?.text;
      if (text === undefined || known.has(shape(text)) || found.includes(text)) return;
      found.push(text);
    },
  };
}
