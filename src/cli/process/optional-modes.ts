import { deinterlaceModes } from '../../upscale/footage/footage-modes.js';

/** Options whose value may be left out, with their possible values. */
const modesOf: Readonly<Record<string, readonly string[]>> = { '--deinterlace': deinterlaceModes };

/**
 * The words of a call, with the mode `auto` filled in where an option that may have one is followed
 * by another word: in `--deinterlace clip.mp4` the clip is an input.
 */
export function withModes(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, i) => {
    const modes = Object.hasOwn(modesOf, word) ? modesOf[word] : undefined;
    const isOption = modes !== undefined && (end < 0 || i < end);
    return isOption && !modes.includes(words[i + 1] ?? '') ? `${word}=auto` : word;
  });
}
