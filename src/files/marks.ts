import { open } from 'node:fs/promises';

/** A line that every page of vsr has near its beginning. */
export const pageMark = '<meta name="generator" content="vsr">';

/** A text that every results file of `vsr regress` has near its beginning. */
export const resultsMark = '<testsuites name="vsr regress"';

/** Whether one of `marks` is in the file's first 4 KiB. */
export async function hasMark(file: string, ...marks: readonly string[]): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
  const start = buffer.toString('utf8', 0, bytesRead);
  return marks.some((mark) => start.includes(mark));
}

/** Whether a name ends like that of a report; no clip's name does. */
export function isReportName(file: string): boolean {
  return /\.html?$/i.test(file);
}

/** Whether a file is a report of vsr. */
export async function isReport(file: string): Promise<boolean> {
  // The first pages of vsr 0.1.0 had only their title as a mark.
  return hasMark(file, pageMark, ': vsr report</title>');
}
