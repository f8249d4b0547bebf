import path from 'node:path';
import { distinctNames } from '../../files/distinct-names.js';
import { isFile } from '../../files/what-is-there.js';
import { isImageName } from '../../media/still/luma-image.js';

/**
 * How many frames are taken at most from a clip that is named as training data; `vsr extract` gives
 * more choice.
 */
const framesOfClip = 60;

/** The given places, with each clip replaced by a folder (within `folder`) of its frames. */
export async function framesOfClips(
  places: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const result: string[] = [];
  const names = distinctNames(places.map((place) => ({ file: path.resolve(place), folder })));
  for (const [i, place] of places.entries()) {
    if (isImageName(place) || !(await isFile(place))) {
      result.push(place);
      continue;
    }
    const { extractFrames } = await import('../../training/extract/extract-frames.js');
    const target = path.join(folder, names[i]!);
    await extractFrames(place, target, {
      choose: { kind: 'scenes' },
      most: framesOfClip,
      signal,
    });
    result.push(target);
  }
  return result;
}
