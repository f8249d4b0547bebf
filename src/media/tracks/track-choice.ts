import { badValue } from '../../errors.js';
import type { Source, StreamInfo } from '../source/source.js';
import { nameOf } from './stream-names.js';

/** The options that choose tracks, and the kinds of streams they choose from. */
export const trackKinds = { audio: 'audio', subs: 'subtitle' } as const;
export type TrackOption = keyof typeof trackKinds;

/**
 * Which tracks an output gets of a kind: `all`, `none`, or languages and indexes of streams in the
 * source, by commas.
 */
export type TrackChoice = { readonly [option in TrackOption]: string };

/** The tag of tracks in no known language; those without a tag count as well. */
export const undetermined = 'und';

const expected = `all, none, or by commas languages as in the tags (eng, en; ${undetermined} for none) and numbers of streams`;

const wordsOf = (text: string): string[] => text.split(',').map((word) => word.trim());

/** ISO 639's shortest name of a language: `de` for `ger`, `deu` and `de-AT`; `null` for no name. */
export function languageOf(word: string): string | null {
  if (!/^[a-z]{2,3}(?:[-_][a-z0-9]+)*$/i.test(word)) return null;
  if (word.toLowerCase() === undetermined) return undetermined;
  try {
    return new Intl.Locale(word.replaceAll('_', '-')).language;
  } catch {
    return null;
  }
}

/** Throws VsrError `option` for a text that cannot choose tracks. */
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

/** What of a source is left out because other tracks were asked for. */
export type TracksLeftOut = {
  /** Why, for people, by the stream's index. */
  readonly streams: ReadonlyMap<number, string>;
  /** Why captions inside the video are left out; `null` where they are not. */
  readonly captions: string | null;
};

/** Nothing is left out. */
export const allTracks: TracksLeftOut = { streams: new Map(), captions: null };

/** The tracks that the text of one option keeps. */
function chosen(source: Source, option: TrackOption, text: string): readonly StreamInfo[] {
  const there = source.streams.filter(({ kind }) => kind === trackKinds[option]);
  if (text === 'all') return there;
  if (text === 'none' || there.length === 0) return [];
  const words = wordsOf(text);
  const kept = there.filter((stream) => words.some((word) => isMeant(stream, word)));
  const missing = words.filter((word) => !there.some((stream) => isMeant(stream, word)));
  // A language that one clip of a folder lacks is no mistake while another one is there.
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
 * What of the tracks of `source` is left out by `choice`. Throws VsrError `option`, naming the
 * tracks there are, for a stream that there is not, and where no language is there.
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

/** A source without the streams that are left out, for whoever weighs what is lost. */
export function withoutTracks(source: Source, { streams }: TracksLeftOut): Source {
  if (streams.size === 0) return source;
  return { ...source, streams: source.streams.filter(({ index }) => !streams.has(index)) };
}
