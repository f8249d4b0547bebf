import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorFacts, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { distinctNames } from '../../files/distinct-names.js';
import { isImageName } from '../../media/still/luma-image.js';
import { version } from '../../version.js';
import { extractFrames, type ExtractOptions, type ExtractResult } from './extract-frames.js';

/** How clips are extracted, and who is told of it. */
export type ExtractClipsOptions = Omit<ExtractOptions, 'name' | 'tell'> & {
  readonly tell: Tell<ExtractResult>;
};

/** The clips named, with those in folders in order of name. */
async function clipsOf(places: readonly string[]): Promise<string[]> {
  const clips: string[] = [];
  for (const place of places) {
    const info = await stat(place).catch(() => undefined);
    if (info === undefined) throw new VsrError('media', `There is no file ${place}.`);
    if (!info.isDirectory()) {
      clips.push(place);
      continue;
    }
    const entries = await readdir(place, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    const wanted = names.filter((name) => !name.startsWith('.') && !isImageName(name)).sort();
    clips.push(...wanted.map((name) => path.join(place, name)));
  }
  if (clips.length === 0) {
    throw new VsrError('media', `There are no clips in ${places.join(', ')}.`);
  }
  return clips;
}

/**
 * Extracts frames of each clip, and of each in the folders among `places`, into `folder`. A clip
 * that cannot be read does not stop the others; where it is the only one, and for failures of
 * another kind, this rejects. Told are `start`, and for each clip `progress` and `done` or
 * `failed`.
 */
export async function extractClips(
  places: readonly string[],
  folder: string,
  { tell, ...options }: ExtractClipsOptions,
): Promise<void> {
  const clips = await clipsOf(places);
  // Clips of one name would overwrite each other's frames.
  const names = distinctNames(clips.map((clip) => ({ file: path.resolve(clip), folder })));
  tell({ event: 'start', command: 'extract', vsr: version(), clips });
  let failed = 0;
  for (const [i, clip] of clips.entries()) {
    try {
      const result = await extractFrames(clip, folder, { ...options, name: names[i]!, tell });
      const status = result.already ? 'skipped' : 'done';
      tell({ event: 'done', clip, status, output: folder, summary: result });
    } catch (cause) {
      const error = errorFacts(cause);
      const status = error.code === 'interrupted' ? 'interrupted' : 'failed';
      tell({ event: 'failed', clip, status, output: folder, error });
      if (error.code !== 'media' || clips.length === 1) throw cause;
      failed++;
    }
  }
  if (failed > 0) {
    throw new VsrError('media', `${failed} of ${clips.length} clips could not be extracted.`);
  }
}
