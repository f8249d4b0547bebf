import { distance } from 'fastest-levenshtein';

/** The one of `names` that `word` was probably meant to be; `null` where none is similar. */
export function closestTo(word: string, names: readonly string[]): string | null {
  const lower = word.toLowerCase();
  let best: { name: string; far: number } | null = null;
  for (const name of names) {
    const far = distance(lower, name.toLowerCase());
    // At most a third of the letters may differ, or two of a short word.
    if (far > Math.max(Math.min(2, word.length - 1), Math.floor(name.length / 3))) continue;
    if (best === null || far < best.far) best = { name, far };
  }
  return best?.name ?? null;
}

/** `Did you mean 720p?`, or an empty text where none is similar. */
export function didYouMean(word: string, names: readonly string[]): string {
  const name = closestTo(word, names);
  return name === null ? '' : `Did you mean ${name}?`;
}
