import type { FieldOrder } from '../source/source.js';
import type { Borders, Scan, ScanKind, ScanPlace } from './scan.js';

/** Share of the places that must be clear for the clip to be. */
const leastClear = 0.6;

/** The one value that all have; `null` where they differ or there is none. */
function common<T>(values: readonly (T | null)[]): T | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

/** The kind of a clip whose clear places are of `kinds`. */
function kindOf(kinds: ReadonlySet<ScanKind>): ScanKind {
  if (kinds.size === 1) return [...kinds][0]!;
  // A stretch without a repeated frame, as where all is fast, is no other kind of clip.
  if (kinds.size === 2 && kinds.has('progressive') && kinds.has('repeats')) return 'repeats';
  return 'mixed';
}

/** Puts together what places of a clip turned out to be; where they differ, that is said. */
export function summarise(
  places: readonly ScanPlace[],
  flags: { readonly top: number; readonly bottom: number; readonly all: number },
  borders: Borders | null,
  noise: number | null,
): Scan {
  const moving = places.filter(({ kind }) => kind !== 'still');
  const clear = moving.filter(({ kind }) => kind !== 'unsure');
  const share = (count: number): number => (flags.all === 0 ? 0 : count / flags.all);
  const kind =
    moving.length === 0
      ? 'still'
      : clear.length < leastClear * moving.length
        ? 'unsure'
        : kindOf(new Set(clear.map((place) => place.kind)));
  const alike = clear.filter((place) => place.kind === kind);
  const told = kind === 'mixed' ? clear.filter(({ order }) => order !== null) : alike;
  return {
    kind,
    order: common<FieldOrder>(told.map(({ order }) => order)),
    cadence: common(alike.map(({ cadence }) => cadence)),
    repeats: common(alike.map(({ repeats }) => repeats)),
    confidence: moving.length === 0 ? 0 : alike.length / moving.length,
    places,
    flags: { top: share(flags.top), bottom: share(flags.bottom) },
    borders,
    noise,
  };
}
