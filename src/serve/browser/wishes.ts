// Runs in the browser.
import type { PresetList } from '../presets.js';
import type { JobOptions } from '../queue/job.js';
import type { TrackOffer, TrackOffers } from '../track-offers.js';

/** Which tracks of a kind to keep; `''` leaves that to the preset, or keeps all without one. */
export type TrackWish = {
  readonly mode: '' | 'all' | 'none' | 'some';
  /** The languages and numbers of the tracks that `some` keeps. */
  readonly words: readonly string[];
};

/** How a choice of a quality begins; other choices are names of networks. */
export const byQuality = 'quality: ';

/** The fields of the form, as texts; `''` where nothing is chosen. */
export type Wishes = {
  readonly use: string;
  readonly scale: string;
  /** A network's name, or `byQuality` and a quality. */
  readonly model: string;
  readonly codec: string;
  readonly crf: string;
  readonly folder: string;
  readonly audio: TrackWish;
  readonly subs: TrackWish;
};

const noChoice: TrackWish = { mode: '', words: [] };

export const noWishes: Wishes = {
  ...{ use: '', scale: '', model: '', codec: '', crf: '', folder: '' },
  ...{ audio: noChoice, subs: noChoice },
};

function wordsOf({ mode, words }: TrackWish): string | null {
  return mode === 'some' ? words.join(',') : mode || null;
}

/** The options of a job by the fields of the form. */
export function optionsOf(wishes: Wishes): JobOptions {
  const { use, scale, model, codec, crf, folder, audio, subs } = wishes;
  const isQuality = model.startsWith(byQuality);
  const isSize = scale !== '' && !/^[\d.]+$/.test(scale);
  return {
    scale: isSize || scale === '' ? null : Number(scale),
    to: isSize ? scale : null,
    model: isQuality ? null : model || null,
    quality: isQuality ? model.slice(byQuality.length) : null,
    codec: codec || null,
    crf: crf === '' ? null : Number(crf),
    preset: null,
    folder: folder || null,
    audio: wordsOf(audio),
    subs: wordsOf(subs),
    use: use || null,
  };
}

/** The options that the configuration sets with the preset `use`, or with none. */
export function setBy(
  { presets, sets }: PresetList,
  use: string,
): Readonly<Record<string, string>> {
  const preset = presets.find(({ name }) => name === use);
  return preset === undefined ? sets : { ...preset.rest, ...preset.sets };
}

/** Options as a text, such as `codec: ffv1, scale: 3`. */
export function shownSets(sets: Readonly<Record<string, string>>): string {
  const words = Object.entries(sets).map(([word, value]) => `${word}: ${value}`);
  return words.join(', ') || 'nothing';
}

/** The wish without tracks that the selected clips lack, such as numbers of other clips. */
export function asOffered(wish: TrackWish, offers: readonly TrackOffer[]): TrackWish {
  const words = wish.words.filter((word) => offers.some((offer) => offer.word === word));
  return words.length === wish.words.length ? wish : { ...wish, words };
}

/**
 * Why clips cannot be added with these wishes yet, in a sentence; `''` where they can. `offers` is
 * `null` until the tracks of the selected clips are known.
 */
export function whyNot({ audio, subs }: Wishes, offers: TrackOffers | null): string {
  const all = [
    ['audio', audio, offers?.audio],
    ['subtitles', subs, offers?.subs],
  ] as const;
  for (const [what, { mode, words }, offered] of all) {
    if (mode !== 'some' || (offered !== undefined && words.length > 0)) continue;
    if (offered === undefined) return `Looking for the ${what} of these clips …`;
    return offered.length === 0
      ? `These clips have no ${what} to choose from: choose all or none.`
      : `Tick the ${what} to keep, or choose all or none.`;
  }
  return '';
}

/** A language as `English (en)`, with the browser's name for it. */
export function languageName(language: string): string {
  if (language === 'und') return 'no language';
  try {
    const name = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(language);
    return name === undefined ? language : `${name} (${language})`;
  } catch {
    return language;
  }
}

/** A track or language to tick, in words; `of` is the number of clips that were read. */
export function offerWords({ word, language, facts, clips }: TrackOffer, of: number): string {
  const name = languageName(language);
  if (facts.length > 0) return `${word}: ${[name, ...facts].join(', ')}`;
  return clips === of ? name : `${name}, in ${clips} of ${of} clips`;
}
