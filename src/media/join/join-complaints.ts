import { complaintIn, type Complaint } from '../damage/complaint.js';

/** Collects what ffmpeg complains about while it joins. */
export type JoinComplaints = {
  /** Must be called with every line of stderr, written with `-loglevel level+info`. */
  readonly onLine: (line: string) => void;
  /** The first hundred different complaints. */
  readonly found: readonly string[];
};

const mostKept = 100;

/** Errors of any part of ffmpeg. */
const errorLine = /^(?:\[[^\]]* @ [^\]]*\] )?\[(?:error|fatal|panic)\] (.*)$/;

/** A text without its numbers: sizes, times and addresses differ from one run to the next. */
const shape = (text: string): string => text.replace(/0x[\da-f]+|\d+/gi, '#');

/**
 * Collects the complaints of the ffmpeg that writes an output. Those that are also in `heard`,
 * which were made when the source was read, are left out: they have been dealt with. The others are
 * about writing, or about streams that only joining decodes.
 */
export function joinComplaints(heard: readonly Complaint[]): JoinComplaints {
  const known = new Set(heard.map(({ text }) => shape(text)));
  const found: string[] = [];
  // What ffmpeg says before, while it looks for streams, it will say again while it copies them.
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
