import type { FieldOrder } from '../source/source.js';
import type { Scan, ScanKind, ScanPlace } from './scan.js';

/** At least this share of the places with movement must be of a clear kind. */
const leastClear = 0.6;

/** The value that all have in common; `null` where they differ or there are none. */
function common<T>(values: readonly (T | null)[]): T | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

/** The kind of a clip whose clear places are of these kinds. */
function kindOf(kinds: ReadonlySet<ScanKind>): ScanKind {
  if (kinds.size === 1) return [...kinds][0]!;
  // A clip with repeats may have places where none was found, such as those with fast movement.
  if (kinds.size === 2 && kinds.has('progressive') && kinds.has('repeats')) return 'repeats';
  return 'mixed';
}

/**
 * Summarises what was found out about the places of a clip. `flags` are numbers of frames: of those
 * whose flags say that the top or bottom field comes first, and of all.
 */
export function summarise(
  places: readonly ScanPlace[],
  flags: { readonly top: number; readonly bottom: number; readonly all: number },
  { borders, headNoise, noise }: Pick<Scan, 'borders' | 'headNoise' | 'noise'>,
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
    headNoise,
    noise,
  };
}
