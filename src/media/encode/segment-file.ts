import { appendFile, open } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import type { Ratio } from '../../planes/ratio.js';

/**
 * Facts that the tables of a segment's file do not hold. They are in a box of vsr's own at the end
 * of the file, so a file that has it is whole.
 */
export type SegmentNote = {
  /** Time of the first frame, in ticks of `timeBase`; the file's own times count from there. */
  readonly basePts: number;
  /** Time of the frame that is shown last, in the same ticks. */
  readonly lastPts: number;
  readonly timeBase: Ratio;
  /** Number of frames. */
  readonly frames: number;
};

/** Type of the box that holds the note. */
export const noteBoxType = 'vsrn';

/** The box that holds the note: size, type, JSON. */
export function noteBox(note: SegmentNote): Buffer {
  const text = Buffer.from(JSON.stringify(note));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + text.length, 0);
  header.write(noteBoxType, 4, 'latin1');
  return Buffer.concat([header, text]);
}

/** Appends the note to a finished file. Throws the file system's errors. */
export async function appendNote(path: string, note: SegmentNote): Promise<void> {
  await appendFile(path, noteBox(note));
}

/** Reads the note of a finished file. Throws `VsrError('media')` for one that is cut off. */
export async function readNote(path: string): Promise<SegmentNote> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, 1024));
    await file.read(tail, 0, tail.length, size - tail.length);
    const at = tail.lastIndexOf(noteBoxType, undefined, 'latin1');
    if (at < 4) throw new VsrError('media', `The intermediate file ${path} is not whole.`);
    return JSON.parse(tail.toString('utf8', at + 4)) as SegmentNote;
  } finally {
    await file.close();
  }
}
