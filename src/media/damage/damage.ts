import type { Source } from '../source/source.js';

/**
 * A part of a source that is missing or broken. Times are seconds on the source's clock.
 */
export type Damage = {
  /** Index of the stream; `null` where the whole file is concerned. */
  readonly stream: number | null;
  /** What is missing or broken, such as `40 of 100 frames are missing`. */
  readonly what: string;
  /** Where it begins; `null` where that cannot be told. */
  readonly from: number | null;
  /** Where it ends; `null` where that cannot be told. */
  readonly to: number | null;
};

/** How many damages one sentence names. */
const mostTold = 4;

function timesOf({ from, to }: Damage): string {
  const at = (seconds: number): string => `${seconds.toFixed(2)} s`;
  if (from === null) return to === null ? '' : ` before ${at(to)}`;
  if (to === null) return ` from ${at(from)} on`;
  return to - from < 0.01 ? ` at ${at(from)}` : ` from ${at(from)} to ${at(to)}`;
}

/** A stream's name for people: `audio stream 1`, or `the file` for `null`. */
export function streamName(source: Source, stream: number | null): string {
  if (stream === null) return 'the file';
  const kind = source.streams.find(({ index }) => index === stream)?.kind ?? 'unknown';
  return `${kind} stream ${stream}`;
}

/** One damage in words: what it is, and when. */
export function damageWords(damage: Damage): string {
  return `${damage.what}${timesOf(damage)}`;
}

/** All damages of a source in one sentence, without the full stop. */
export function damageSentence(source: Source, damages: readonly Damage[]): string {
  const told = damages
    .slice(0, mostTold)
    .map((damage) => `${streamName(source, damage.stream)}: ${damageWords(damage)}`);
  const more = damages.length - told.length;
  return `${source.path} is damaged: ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
