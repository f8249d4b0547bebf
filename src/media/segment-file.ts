import { appendFile } from 'node:fs/promises';
import type { Ratio } from '../planes/ratio.js';

/**
 * What an intermediate video file's own tables do not say. It stands in a box of ours at the file's
 * end, so that it is there only when the file is whole.
 */
export type SegmentNote = {
  /** Time of the first frame, in ticks of `timeBase`; the file's own times count from there. */
  readonly basePts: number;
  readonly timeBase: Ratio;
  readonly frames: number;
};

/** Type of the box that holds the note. */
export const noteBoxType = 'vsrn';

/** The note as a box: size, type, JSON. */
export function noteBox(note: SegmentNote): Buffer {
  const text = Buffer.from(JSON.stringify(note));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + text.length, 0);
  header.write(noteBoxType, 4, 'latin1');
  return Buffer.concat([header, text]);
}

/** Puts the note at the end of a finished file. */
export async function appendNote(path: string, note: SegmentNote): Promise<void> {
  await appendFile(path, noteBox(note));
}
