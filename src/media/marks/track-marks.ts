import { open } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { matroskaMarks } from './matroska-marks.js';
import { mp4Marks } from './mp4-marks.js';
import type { SideData } from './side-data.js';

/**
 * The side data that the track of stream `index` states in the file at `path`, read without
 * ffprobe: some versions of it ignore some kinds. Unknown boxes and elements count as side data,
 * too. `container` is ffprobe's name of the format. Empty for other containers than MP4, QuickTime
 * and Matroska, and where the file's tables are damaged. Throws the file system's errors.
 */
export async function trackMarks(
  path: string,
  container: string,
  index: number,
): Promise<SideData[]> {
  const read = /(?:^|,)mov(?:,|$)/.test(container)
    ? mp4Marks
    : container.startsWith('matroska')
      ? matroskaMarks
      : null;
  if (read === null) return [];
  await using file = await open(path);
  try {
    return await read(file, index);
  } catch (error) {
    if (error instanceof VsrError || error instanceof RangeError) return [];
    throw error;
  }
}

/**
 * Merges the side data that ffprobe reports with that of `trackMarks`, each kind once. What was
 * read from the file comes first, because ffprobe rounds to whole degrees.
 */
export function mergedMarks(reported: readonly SideData[], read: readonly SideData[]): SideData[] {
  const types = new Set([...reported, ...read].map(({ type }) => type));
  return [...types].map((type) => {
    const [fromProbe, fromFile] = [reported, read].map((list) =>
      list.find((each) => each.type === type),
    );
    const form = fromProbe?.form ?? fromFile?.form ?? null;
    return { ...(fromProbe ?? fromFile)!, ...fromFile, form };
  });
}
