import { badValue } from '../../errors.js';
import type { Source, StreamInfo } from '../source/source.js';
import { nameOf } from './stream-names.js';

/** The options that choose tracks, and the kinds of streams that they choose from. */
export const trackKinds = { audio: 'audio', subs: 'subtitle' } as const;
export type TrackOption = keyof typeof trackKinds;

/**
 * The tracks of each kind that an output gets: `all`, `none`, or languages and stream numbers of
 * the source, separated by commas.
 */
export type TrackChoice = { readonly [option in TrackOption]: string };

/** The language of tracks without a language tag, and the tag for an unknown language. */
export const undetermined = 'und';

const expected = `all, none, or by commas languages as in the tags (eng, en; ${undetermined} for none) and numbers of streams`;

const wordsOf = (text: string): string[] => text.split(',').map((word) => word.trim());

/** The shortest ISO 639 code of a language: `de` for `ger`, `deu` and `de-AT`; `null` for none. */
export function languageOf(word: string): string | null {
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]+)*$/i.test(word)) return null;
  if (word.toLowerCase() === undetermined) return undetermined;
  try {
    return new Intl.Locale(word.replaceAll('_', '-')).language;
  } catch {
    return null;
  }
}

/** Throws VsrError `option` for a value that does not name tracks. */
export function checkTracks(option: TrackOption, text: string | undefined): void {
  if (text === undefined || text === 'all' || text === 'none') return;
  const isWord = (word: string): boolean => /^\d+$/.test(word) || languageOf(word) !== null;
  if (!wordsOf(text).every((word) => word !== 'all' && isWord(word)))
    throw badValue(expected, option, text);
}

const isMeant = (stream: StreamInfo, word: string): boolean =>
  /^\d+$/.test(word)
    ? stream.index === Number(word)
    : languageOf(stream.language ?? undetermined) === languageOf(word);

/** The tracks of a source that are left out because the user asked for others. */
export type TracksLeftOut = {
  /** The reasons for people, by the index of the stream that is left out. */
  readonly streams: ReadonlyMap<number, string>;
  /** Why captions inside the video are left out; `null` where they are not. */
  readonly captions: string | null;
};

/** Nothing is left out. */
export const allTracks: TracksLeftOut = { streams: new Map(), captions: null };

/** The tracks that the value of one option keeps. */
function chosen(source: Source, option: TrackOption, text: string): readonly StreamInfo[] {
  const there = source.streams.filter(({ kind }) => kind === trackKinds[option]);
  if (text === 'all') return there;
  if (text === 'none' || there.length === 0) return [];
  const words = wordsOf(text);
  const kept = there.filter((stream) => words.some((word) => isMeant(stream, word)));
  const missing = words.filter((word) => !there.some((stream) => isMeant(stream, word)));
  // A clip of a folder need not have every language that was asked for, as long as it has one.
  const wrong = missing.find((word) => kept.length === 0 || /^\d+$/.test(word));
  if (wrong !== undefined) {
    throw badValue(
      `a language or number of what ${source.path} has (${there.map(nameOf).join(', ')})`,
      option,
      wrong,
    );
  }
  return kept;
}

const wish = (option: TrackOption, text: string): string =>
  text === 'none'
    ? `left out, since ${option === 'audio' ? 'no audio was' : 'no subtitles were'} asked for`
    : `left out, since what was asked for is ${wordsOf(text).join(', ')}`;

/**
 * The tracks of `source` that `choice` leaves out. Throws VsrError `option`, which names the tracks
 * of the source, for a stream number that it does not have, and if it has none of the languages.
 */
export function tracksLeftOut(source: Source, choice: TrackChoice): TracksLeftOut {
  const streams = new Map<number, string>();
  for (const option of Object.keys(trackKinds) as TrackOption[]) {
    const kept = new Set(chosen(source, option, choice[option]));
    for (const stream of source.streams) {
      if (stream.kind !== trackKinds[option] || kept.has(stream)) continue;
      streams.set(stream.index, wish(option, choice[option]));
    }
  }
  const { subs } = choice;
  const hasCaptions = source.video.closedCaptions && subs !== 'all' && !hasUndetermined(subs);
  return { streams, captions: hasCaptions ? wish('subs', subs) : null };
}

const hasUndetermined = (text: string): boolean => wordsOf(text).includes(undetermined);

/** A source without the streams that are left out, for finding out what else is lost. */
export function withoutTracks(source: Source, { streams }: TracksLeftOut): Source {
  if (streams.size === 0) return source;
  return { ...source, streams: source.streams.filter(({ index }) => !streams.has(index)) };
}
