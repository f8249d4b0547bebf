import { VsrError } from '../../errors.js';
import { catalogue, type CatalogueEntry } from '../../model/catalogue/catalogue.js';
import { type Chain, chooseChain } from '../../model/catalogue/chain.js';
import { familyOf } from '../../model/catalogue/family.js';
import { originalOf } from '../../model/catalogue/in-precision.js';
import { choiceOf, kindOf, qualities, sourceKinds } from '../../model/catalogue/quality.js';
import { chainFor } from '../../upscale/plan/model-choice.js';
import type { Settings } from '../../upscale/plan/settings.js';

/** Roles of models beside the default. */
const nextBetter = 'the next better';
export const nextFaster = 'the next faster';

/** A way of enlarging that a preview shows. */
export type Way = {
  /** Its name on the page. */
  readonly name: string;
  /** Its role among the others, in words. */
  readonly role: string;
  /** The options by which `vsr upscale` takes it; `null` where it is the default. */
  readonly asked: string | null;
  readonly chain: Chain;
};

const nameOf = (chain: Chain): string => [...new Set(chain.names)].join(' + ');

/** How good a model is: its Y-PSNR on the larger benchmark that its card has. */
const worthOf = ({ card }: CatalogueEntry): number =>
  card.figures['Set14']?.psnr ?? card.figures['Set5']?.psnr ?? -Infinity;

/**
 * How bad the sources are that a model is for; 0 for clean ones. Of models for others, figures on
 * clean pictures do not show the worth.
 */
const damageOf = ({ name }: CatalogueEntry): number => sourceKinds.indexOf(kindOf(name) ?? 'clean');

/** Where a model stands among the qualities, the fastest first; -1 where it has none. */
const rankOf = (entry: CatalogueEntry, entries: readonly CatalogueEntry[]): number => {
  const choice = choiceOf(entries, entry);
  return choice === null ? -1 : qualities.indexOf(choice.quality);
};

/** Shipped models that could stand in for `own`: for the same scale, and not for worse sources. */
function peersOf(own: CatalogueEntry, entries: readonly CatalogueEntry[]): CatalogueEntry[] {
  return entries.filter(
    (entry) =>
      entry !== own &&
      entry.scale === own.scale &&
      originalOf(entry.card) === null &&
      entry.card.after === undefined &&
      !entry.name.startsWith('research/') &&
      damageOf(entry) <= damageOf(own),
  );
}

/** A chain of the family of `entry`; `null` where it has none for that scale. */
async function familyChain(entry: CatalogueEntry, scale: number): Promise<Chain | null> {
  const model = entry.scale === scale ? entry.name : familyOf(entry.name);
  try {
    return await chooseChain(scale, model, { kind: 'clean' });
  } catch (error) {
    if (error instanceof VsrError && error.code === 'option') return null;
    throw error;
  }
}

/** What `upscale` would take, and the next better and the next faster of the shipped models. */
async function usualWays(chain: Chain, settings: Settings): Promise<Way[]> {
  const asked = settings.quality === null ? null : `--quality ${settings.quality}`;
  const ways: Way[] = [{ name: nameOf(chain), role: 'what vsr upscale takes', asked, chain }];
  const entries = await catalogue();
  const first = chain.passes[0]!;
  const shipped = entries.find(({ card }) => card.sha256 === first.sha256);
  const original = shipped === undefined ? null : (originalOf(shipped.card) ?? shipped.card);
  const own = entries.find(({ card }) => card.sha256 === original?.sha256);
  if (own === undefined) return ways;
  const peers = peersOf(own, entries);
  const better = peers
    .filter((entry) => damageOf(entry) === damageOf(own) && worthOf(entry) > worthOf(own))
    .sort((a, b) => a.card.parameters - b.card.parameters)[0];
  // Models of a lower quality; where there are none, all that are smaller.
  const rank = (entry: CatalogueEntry): number => rankOf(entry, entries);
  const lower = peers.filter((entry) => rank(entry) >= 0 && rank(entry) < rank(own));
  const smaller = peers.filter((entry) => entry.card.parameters < own.card.parameters);
  const faster = (lower.length > 0 ? lower : smaller).sort((a, b) => worthOf(b) - worthOf(a))[0];
  for (const [entry, role] of [
    [better, nextBetter],
    [faster, nextFaster],
  ] as const) {
    const found = entry === undefined ? null : await familyChain(entry, settings.scale);
    if (entry === undefined || found === null) continue;
    const model = entry.scale === settings.scale ? entry.name : familyOf(entry.name);
    // As the default is: its 8-bit copy where that hardly differs and is faster here.
    const runs = await chainFor(found, { ...settings, model: null });
    const how = runs === found ? `-m ${model}` : `-m ${model} --precision int8`;
    ways.push({ name: nameOf(runs), role, asked: how, chain: runs });
  }
  return ways;
}

/** Models by their names, each alone. */
async function namedWays(models: readonly string[], settings: Settings): Promise<Way[]> {
  const ways: Way[] = [];
  for (const model of models) {
    const chosen = await chooseChain(settings.scale, model, { kind: 'clean' });
    const chain = await chainFor(chosen, { ...settings, model });
    ways.push({ name: nameOf(chain), role: 'as asked', asked: `-m ${model}`, chain });
  }
  return ways;
}

/** The ways to show, besides bicubic. `chain` is what `upscale` would take. */
export function waysOf(
  chain: Chain,
  models: readonly string[] | null,
  settings: Settings,
): Promise<Way[]> {
  return models === null ? usualWays(chain, settings) : namedWays(models, settings);
}
