import { type CatalogueEntry } from './catalogue.js';
import { factorsOf, familyOf } from './family.js';

/** The names of qualities, each slower and better than the one before. */
export const qualities = ['fast', 'normal', 'best', 'max'] as const;
export type Quality = (typeof qualities)[number];

/** What runs where nobody asks for a quality. */
export const defaultQuality: Quality = 'normal';

/** For what sources a model was trained. */
export type SourceKind = 'clean' | 'compressed';

/**
 * The families of models for each quality; the first that makes a scale has it there. A quality
 * that is missing is one that no model has been trained for yet.
 */
const families: Readonly<Record<SourceKind, Partial<Readonly<Record<Quality, string[]>>>>> = {
  clean: { fast: ['espcn-16-lite'], normal: ['espcn-32', 'espcn-16'] },
  compressed: { normal: ['espcn-16-codec'], best: ['espcn-32-strength'] },
};

/** The quality that a model of the catalogue stands for; `null` for one that stands for none. */
export function qualityOf(name: string): Quality | null {
  const family = familyOf(name);
  const found = qualities.find((quality) =>
    Object.values(families).some((each) => each[quality]?.includes(family)),
  );
  return found ?? null;
}

/** What sources a model of the catalogue is chosen for; `null` for one that has to be named. */
export function kindOf(name: string): SourceKind | null {
  const family = familyOf(name);
  const kinds = Object.entries(families) as [SourceKind, (typeof families)[SourceKind]][];
  return kinds.find(([, each]) => Object.values(each).flat().includes(family))?.[0] ?? null;
}

/** The scales of all models that are chosen for such sources. */
export function scalesOf(entries: readonly CatalogueEntry[], kind: SourceKind): number[] {
  const chosen = entries.filter(({ name }) => kindOf(name) === kind);
  return [...new Set(chosen.map(({ scale }) => scale))];
}

/** A quality that can be had, and the family of models that has it. */
export type FoundQuality = { readonly quality: Quality; readonly family: string };

/**
 * The family that enlarges `scale` times in the quality asked for; where there is none, the next
 * lower one, or the lowest there is. `null` where no models make that scale.
 */
export function familyFor(
  entries: readonly CatalogueEntry[],
  kind: SourceKind,
  scale: number,
  asked: Quality,
): FoundQuality | null {
  const at = qualities.indexOf(asked);
  const order = [...qualities.slice(0, at + 1).reverse(), ...qualities.slice(at + 1)];
  for (const quality of order) {
    const family = families[kind][quality]?.find((name) => {
      const members = entries.filter((entry) => familyOf(entry.name) === name);
      const scales = members.map((entry) => entry.scale);
      return (factorsOf(scale, scales)?.length ?? 0) > 0;
    });
    if (family !== undefined) return { quality, family };
  }
  return null;
}
