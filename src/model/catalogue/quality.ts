import { type CatalogueEntry } from './catalogue.js';
import { factorsOf, familyOf } from './family.js';

/** The qualities that `--quality` takes, each slower and better than the one before. */
export const qualities = ['fast', 'normal', 'best', 'max'] as const;
export type Quality = (typeof qualities)[number];

/** The quality where none is asked for. */
export const defaultQuality: Quality = 'normal';

/** The kinds of source that models are trained for, each worse than the one before. */
export const sourceKinds = ['clean', 'compressed', 'deinterlaced'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/**
 * The families of models for each quality, of which the first that reaches a scale is used. For a
 * missing quality no model has been trained yet.
 */
const families: Readonly<Record<SourceKind, Partial<Readonly<Record<Quality, string[]>>>>> = {
  clean: {
    fast: ['espcn-16-lite', 'espcn-16'],
    normal: ['espcn-32'],
    best: ['espcn-32-deep'],
    max: ['espcn-64'],
  },
  compressed: { normal: ['espcn-16-codec'], best: ['espcn-32-strength'] },
  deinterlaced: { normal: ['espcn-32-fields'] },
};

/** The family of the passes after the first, whatever the source is. */
export function secondFamily(quality: Quality): string {
  return quality === 'fast' ? 'espcn-16-second' : 'espcn-32-second';
}

/** The kind of source that a catalogue model is chosen for; `null` for one that must be named. */
export function kindOf(name: string): SourceKind | null {
  const family = familyOf(name);
  const kinds = Object.entries(families) as [SourceKind, (typeof families)[SourceKind]][];
  return kinds.find(([, each]) => Object.values(each).flat().includes(family))?.[0] ?? null;
}

/** The scales of all models that are chosen for sources of `kind`. */
export function scalesOf(entries: readonly CatalogueEntry[], kind: SourceKind): number[] {
  const chosen = entries.filter(({ name }) => kindOf(name) === kind);
  return [...new Set(chosen.map(({ scale }) => scale))];
}

/** An available quality, and the family of its models. */
export type FoundQuality = { readonly quality: Quality; readonly family: string };

/**
 * The family that enlarges `scale` times in the quality asked for. Without one, that of the next
 * lower quality, or if all lower ones lack it, of the next higher. `null` where no models reach
 * that scale.
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

/** What a model of the catalogue runs for without being named. */
export type Choice = { readonly quality: Quality; readonly kind: SourceKind };

/** The first choice that takes a model at its own scale; `null` for one that must be named. */
export function choiceOf(
  entries: readonly CatalogueEntry[],
  { name, scale }: CatalogueEntry,
): Choice | null {
  const family = familyOf(name);
  for (const kind of sourceKinds) {
    for (const quality of qualities) {
      if (families[kind][quality]?.includes(family) !== true) continue;
      if (familyFor(entries, kind, scale, quality)?.family === family) return { quality, kind };
    }
  }
  return null;
}
