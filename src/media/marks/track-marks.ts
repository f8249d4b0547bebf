import { open } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { matroskaMarks } from './matroska-marks.js';
import { mp4Marks } from './mp4-marks.js';
import type { SideData } from './side-data.js';

/**
 * What the track of stream `index` in the file at `path` says of its pictures beside what every
 * ffprobe reads: marks that it passes over, and such as no list knows. `container` is ffprobe's
 * name of the format. None where the file's own tables make no sense.
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
 * What ffprobe told of the pictures and what was read beside it, each kind once. What was read
 * counts: it holds fractions of a degree.
 */
export function mergedMarks(told: readonly SideData[], read: readonly SideData[]): SideData[] {
  const types = new Set([...told, ...read].map(({ type }) => type));
  return [...types].map((type) => {
    const [said, seen] = [told, read].map((list) => list.find((each) => each.type === type));
    return { ...(said ?? seen)!, ...seen, form: said?.form ?? seen?.form ?? null };
  });
}
