import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import type { Ffmpeg } from '../media/program/ffmpeg.js';
import { probe } from '../media/source/probe.js';
import type { Source, StreamInfo } from '../media/source/source.js';
import {
  languageOf,
  trackKinds,
  tracksLeftOut,
  undetermined,
  type TrackOption,
} from '../media/tracks/track-choice.js';
import { looksLikeStill } from '../upscale/plan/inputs.js';
import type { JobOptions } from './queue/job.js';

/** A track, or all tracks of one language, that can be chosen. */
export type TrackOffer = {
  /** The word for `--audio` and `--subs`: a stream's number, or a language. */
  readonly word: string;
  /** The shortest ISO 639 code; `und` where the clip states none. */
  readonly language: string;
  /** The track's codec, channels and title; empty for a language. */
  readonly facts: readonly string[];
  /** How many of the clips have it. */
  readonly clips: number;
};

/** The tracks of some clips to choose from. */
export type TrackOffers = { readonly [option in TrackOption]: readonly TrackOffer[] } & {
  /** Clips that were read, and all clips. */
  readonly looked: number;
  readonly of: number;
  /** The error of the first clip that could not be read; `null` where all could. */
  readonly wrong: string | null;
};

/** Most clips of a selection that are read for their tracks; each takes a fraction of a second. */
export const mostLooked = 24;

/** Most clips whose tracks are kept in memory. */
const mostKnown = 2000;

function streamsOf(source: Source, option: TrackOption): readonly StreamInfo[] {
  return source.streams.filter(({ kind }) => kind === trackKinds[option]);
}

const languageIn = ({ language }: StreamInfo): string =>
  languageOf(language ?? undetermined) ?? undetermined;

function factsOf({ codec, channels, title }: StreamInfo): string[] {
  const layout = channels === null ? '' : channels === 1 ? 'mono' : `${channels} channels`;
  return [codec, layout, title ?? ''].filter((fact) => fact !== '');
}

/** The tracks of one clip, each by its number. */
function offersOfOne(source: Source, option: TrackOption): TrackOffer[] {
  return streamsOf(source, option).map((stream) => ({
    word: String(stream.index),
    language: languageIn(stream),
    facts: factsOf(stream),
    clips: 1,
  }));
}

/** The languages of several clips, those of most clips first. */
function offersOfMany(sources: readonly Source[], option: TrackOption): TrackOffer[] {
  const counts = new Map<string, number>();
  for (const source of sources) {
    for (const language of new Set(streamsOf(source, option).map(languageIn))) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([language, clips]) => ({ word: language, language, facts: [], clips }));
}

/**
 * The tracks to choose from. Where a selection is one clip (`isOnly`), its tracks by number;
 * otherwise the languages, since numbers differ from clip to clip.
 */
export function offersOf(
  sources: readonly Source[],
  isOnly: boolean,
): Pick<TrackOffers, TrackOption> {
  const of = isOnly
    ? (option: TrackOption) => sources.flatMap((source) => offersOfOne(source, option))
    : (option: TrackOption) => offersOfMany(sources, option);
  return { audio: of('audio'), subs: of('subs') };
}

/** Reads clips for their tracks, one at a time, and remembers them until a clip changes. */
export class TrackLooker {
  readonly #ffmpeg: Ffmpeg;
  readonly #known = new Map<string, Source>();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(ffmpeg: Ffmpeg) {
    this.#ffmpeg = ffmpeg;
  }

  /**
   * The tracks of the first clips of a selection; pictures have none. A clip that cannot be read is
   * left out. Rejects only where `signal` fires.
   */
  async offers(inputs: readonly string[], signal: AbortSignal): Promise<TrackOffers> {
    const clips = inputs.filter((input) => !looksLikeStill(input));
    const sources: Source[] = [];
    let wrong: string | null = null;
    for (const clip of clips.slice(0, mostLooked)) {
      try {
        sources.push(await this.#look(clip, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        wrong ??= messageOf(error);
      }
    }
    const shown = offersOf(sources, clips.length === 1);
    return { ...shown, looked: sources.length, of: clips.length, wrong };
  }

  /**
   * Those of the first clips that have none of the chosen tracks, each with the sentence with which
   * `vsr upscale` refuses it. A clip that cannot be read passes: its job will fail with the reason.
   */
  async lacking(
    inputs: readonly string[],
    { audio, subs }: JobOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const lacking = new Map<string, string>();
    const isChoice = (text: string | null): boolean =>
      text !== null && text !== 'all' && text !== 'none';
    if (!isChoice(audio) && !isChoice(subs)) return lacking;
    const clips = inputs.filter((input) => !looksLikeStill(input));
    for (const clip of clips.slice(0, mostLooked)) {
      const source = await this.#look(clip).catch(() => null);
      if (source === null) continue;
      try {
        tracksLeftOut(source, { audio: audio ?? 'all', subs: subs ?? 'all' });
      } catch (error) {
        lacking.set(clip, messageOf(error));
      }
    }
    return lacking;
  }

  async #look(clip: string, signal?: AbortSignal): Promise<Source> {
    const { size, mtimeMs } = await stat(clip);
    const key = JSON.stringify([clip, size, mtimeMs]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const look = this.#looking.then(() => {
      signal?.throwIfAborted();
      return probe(this.#ffmpeg, clip, { signal });
    });
    this.#looking = look.catch(() => {});
    const source = await look;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, source);
    return source;
  }
}
