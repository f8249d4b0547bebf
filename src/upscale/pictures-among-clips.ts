import path from 'node:path';
import { VsrError } from '../errors.js';
import { isAnimatedPng } from '../media/still/animated-png.js';
import type { SidecarAnnouncement } from '../metrics/sidecar.js';
import { looksLikeStill, type Input } from './plan/inputs.js';
import type { Settings } from './plan/settings.js';

/** How many names a sentence lists; further ones are only counted. */
const mostTold = 5;

/** Names for a sentence: the first few, and the number of the others. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostTold;
  return [...names.slice(0, mostTold), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** Whether an input is enlarged as a picture; an animated PNG is a clip. */
export async function isStill({ path: file, sequence }: Input): Promise<boolean> {
  return sequence === undefined && looksLikeStill(file) && !(await isAnimatedPng(file));
}

/** A batch without the pictures that its options do not apply to. */
export type SortedInputs = {
  readonly inputs: readonly Input[];
  /**
   * Notes on pictures before the start, each with the folder or pattern by which they were found.
   */
  readonly notes: readonly { readonly about: string; readonly note: SidecarAnnouncement }[];
};

/**
 * Decides, before the start, what options for clips mean for the pictures of a batch. A picture
 * that was named together with such an option is a wrong call (VsrError `option`), and so is a
 * folder that holds only pictures. Pictures found among clips are left out, with a note. Another
 * note names options that do nothing to pictures, such as `--frames`.
 */
export async function sortPictures(
  found: readonly Input[],
  settings: Settings,
): Promise<SortedInputs> {
  const areStills = await Promise.all(found.map(isStill));
  const stills = found.filter((_, i) => areStills[i]);
  if (stills.length === 0) return { inputs: found, notes: [] };
  const { clipOnlyOptions, idleForStills } = await import('./plan/still-plan.js');
  const options = clipOnlyOptions(settings).map((name) => `--${name}`);
  const what = options.join(' and ');
  const notes: { about: string; note: SidecarAnnouncement }[] = [];
  if (options.length === 0) {
    const idle = idleForStills(settings).map((name) => `--${name}`);
    if (idle.length === 0) return { inputs: found, notes };
    const verb = idle.length === 1 ? 'does' : 'do';
    const note = {
      kind: 'note',
      what: `${enumerated(idle)} ${verb} not change pictures`,
      why: `${idle.join() === '--frames' ? 'a picture has one frame' : 'they are for clips'}: ${namesOf(stills)}`,
    } as const;
    return { inputs: found, notes: [{ about: stills[0]!.foundBy ?? stills[0]!.path, note }] };
  }
  const named = stills.filter(({ foundBy }) => foundBy === null);
  if (named.length > 0 || stills.length === found.length) {
    const wrong = named.length > 0 ? named : stills;
    throw new VsrError(
      'option',
      `Expected clips for ${what}, but ${namesOf(wrong)} ${wrong.length === 1 ? 'is a picture' : 'are pictures'}. Enlarge pictures by a call of their own, by --scale.`,
    );
  }
  for (const about of new Set(stills.map(({ foundBy }) => foundBy!))) {
    const here = stills.filter(({ foundBy }) => foundBy === about);
    const why = `${what} ${options.length === 1 ? 'is' : 'are'} for clips: ${namesOf(here)}`;
    const advice = 'Enlarge them by a call of their own, by --scale.';
    notes.push({ about, note: { kind: 'note', what: 'pictures left out', why, advice } });
  }
  return { inputs: found.filter((_, i) => !areStills[i]), notes };
}

/** "a", "a and b", "a, b and c". */
function enumerated(words: readonly string[]): string {
  const last = words.at(-1)!;
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function namesOf(inputs: readonly Input[]): string {
  return listed(inputs.map(({ path: file }) => path.basename(file)));
}
