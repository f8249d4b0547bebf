import type { Damage } from '../../media/damage/damage.js';
import type { StreamTally } from '../../media/damage/stream-tally.js';
import type { Source } from '../../media/source/source.js';

/** What is asked about a source whose video may build on what is missing. */
export type BuiltOn = Pick<Source, 'container'> & {
  readonly video: Pick<Source['video'], 'index'>;
};

/** Containers without times: what follows a hole moves up, so a loss shows only at the end. */
const movesUp = new Set(['avi']);

/**
 * A sentence about the pictures that build on what `damage` lacks, without the full stop. Empty
 * where there are none: after other streams, at the end of the clip, and where every picture stands
 * for itself.
 */
export function garbledWords(
  { container, video }: BuiltOn,
  { stream, from, to }: Damage,
  tally: StreamTally | undefined,
): string {
  if (tally?.inter !== true || (stream !== null && stream !== video.index)) return '';
  if (from === null || to === null) {
    if (from === null || movesUp.has(container)) {
      return 'Pictures after it may be garbled until the next key frame';
    }
    return from < (tally.reached ?? Infinity) ? 'Pictures from there on may be garbled' : '';
  }
  if (to >= (tally.reached ?? Infinity)) return '';
  const next = tally.keys.find((key) => key > to);
  if (next !== undefined) {
    return `Pictures after it may be garbled until the next key frame, at ${next.toFixed(2)} s`;
  }
  return tally.reached === null
    ? 'Pictures after it may be garbled until the next key frame'
    : 'Pictures after it may be garbled until the end of the clip';
}
