import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorFacts, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { distinctNames } from '../../files/distinct-names.js';
import { isImageName } from '../../media/still/luma-image.js';
import { version } from '../../version.js';
import { extractFrames, type ExtractOptions, type ExtractResult } from './extract-frames.js';

/** How clips are extracted; `tell` gets the progress. */
export type ExtractClipsOptions = Omit<ExtractOptions, 'name' | 'tell'> & {
  readonly tell: Tell<ExtractResult>;
};

/** The named clips, and those in the named folders in the order of their names. */
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
 * Extracts frames of the clips, and of those in folders, that `places` names, into `folder`. Tells
 * `start`, and for each clip `progress` and `done` or `failed`. A clip that cannot be read does not
 * stop the others. Rejects with VsrError `media` where any clip could not be read, and with any
 * failure of another kind at once.
 */
export async function extractClips(
  places: readonly string[],
  folder: string,
  { tell, ...options }: ExtractClipsOptions,
): Promise<void> {
  const clips = await clipsOf(places);
  // Clips of the same name would overwrite each other's frames.
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
