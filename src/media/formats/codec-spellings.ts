import { didYouMean } from '../../did-you-mean.js';

/** Other names of codecs, in lower case and without dots, and the names that `--codec` takes. */
const others: Readonly<Record<string, string>> = {
  ...{ avc: 'h264', avc1: 'h264', x264: 'h264', h265: 'hevc', x265: 'hevc', hvc1: 'hevc' },
  ...{ hev1: 'hevc', vp09: 'vp9', av01: 'av1' },
};

/**
 * `Did you mean hevc?` for a word that is no codec's name; empty where none of `names` is like it.
 */
export function codecMeant(word: string, names: readonly string[]): string {
  const plain = word.toLowerCase().replaceAll('.', '');
  return didYouMean(others[plain] ?? word, names);
}
