import { canSharpen } from '../../enlarge/chroma/sharp-chroma.js';
import { VsrError } from '../../errors.js';
import { COMPRESSED_FROM, type Compression } from '../../media/compression/compression.js';
import type { Announcement } from '../../media/output/output-plan.js';
import { catalogue } from '../../model/catalogue/catalogue.js';
import { type Chain, turnedChain } from '../../model/catalogue/chain.js';
import { inCloseCopies, inPrecision } from '../../model/catalogue/in-precision.js';
import { choiceOf, kindOf, type SourceKind } from '../../model/catalogue/quality.js';
import { candidatesIn } from '../../model/runtime/precision.js';
import { isFastInEightBits } from '../../model/runtime/processor.js';
import { candidatesFor } from '../../model/runtime/providers.js';
import type { Settings } from './settings.js';

/**
 * The models of `chain` in the precision asked for. Throws VsrError `option` where there is none.
 *
 * Where neither model nor precision is named and the CPU runs the network, 8-bit copies run if they
 * are faster on it and hardly differ (docs/adr/0014-precision.md). A model that is named runs as it
 * is, so that its picture is the same everywhere.
 */
export async function chainFor(
  chain: Chain,
  { model, precision, provider }: Pick<Settings, 'model' | 'precision' | 'provider'>,
  isFast = isFastInEightBits(),
): Promise<Chain> {
  if (precision === 'fp16') candidatesIn(precision, 'fp32', provider);
  if (precision === 'auto' && model === null && isFast) {
    if (candidatesFor(provider)[0]?.name === 'cpu') return inCloseCopies(chain);
  }
  return inPrecision(chain, precision);
}

/** Whether a chain begins with a network for compressed or deinterlaced sources. */
export function isForCompressed({ names }: Chain): boolean {
  return /codec|strength|fields/.test(names[0] ?? '');
}

/**
 * Whether still areas are averaged over frames: only where a network for compressed sources runs,
 * since clean sources get worse by it.
 */
export function isSteadied(chain: Chain, settings: Settings): boolean {
  return settings.steady === 'auto' && isForCompressed(chain);
}

/** Notes on the choices before the start: averaging, and chroma that is not enlarged as asked. */
export function choiceNotes(chain: Chain, settings: Settings): Announcement[] {
  return [...steadyNotes(chain, settings), ...chromaNotes(chain, settings)];
}

function chromaNotes(chain: Chain, { chroma }: Settings): Announcement[] {
  const rgb = chain.passes.some((pass) => pass.colour === 'rgb');
  if (chroma === 'bicubic' || (!rgb && canSharpen(chain.scale))) return [];
  return [
    {
      kind: 'note',
      what: `--chroma ${chroma} changes nothing`,
      why: rgb
        ? 'the model makes the colours itself'
        : `at ${chain.scale}x chroma is enlarged by bicubic`,
    },
  ];
}

function steadyNotes(chain: Chain, settings: Settings): Announcement[] {
  // Where vsr chose the model itself, the line about it says so.
  if (settings.model === null || !isSteadied(chain, settings)) return [];
  return [
    {
      kind: 'note',
      what: 'still areas are averaged over five frames',
      why: 'the source is compressed, and they would pop at its keyframes',
      advice: '--steady off leaves them as they are.',
    },
  ];
}

/** The models of a job, and notes on their choice. */
export type ChosenModels = {
  readonly chain: Chain;
  /** Value of the first pass's dial; `null` where it has none. */
  readonly strength: number | null;
  /** How strongly the source is compressed; `null` where nothing depended on it. */
  readonly compression: Compression | null;
  readonly notes: readonly Announcement[];
};

/**
 * Chooses the models for a source. `choose` finds a chain for a kind of source; `look` estimates
 * how strongly the source is compressed, and is called only where that matters. A strength for a
 * named model without a dial is a VsrError `option`.
 */
export async function chooseModels<T extends { readonly chain: Chain }>(
  settings: Settings,
  choose: (kind: SourceKind) => Promise<T>,
  look: () => Promise<Compression>,
  isDeinterlaced = false,
): Promise<T & ChosenModels> {
  const { strength: asked, model } = settings;
  let known = asked === 'auto' ? null : ofAsked(asked, isDeinterlaced);
  if (model === null) known ??= await look();
  const kind = model === null ? sourceKindOf(known!) : 'clean';
  const reason = (more = '') => (kind === 'clean' ? null : `${kind} (${known!.by}${more})`);
  const chosen = await choose(kind);
  const hasDial = chosen.chain.passes[0]!.dial !== null;
  if (model !== null && asked !== 'auto' && !hasDial) {
    throw new VsrError(
      'option',
      `Expected a model with a dial for the strength of compression, since there is --strength, but ${model} has none. Leave out --model or --strength.`,
    );
  }
  const chain = await chainFor(chosen.chain, settings);
  if (!hasDial) {
    const notes = await networkNotes(chosen.chain, chain, settings, reason());
    return { ...chosen, chain, strength: null, compression: known, notes };
  }
  known ??= await look();
  const { strength } = known;
  const turned = await turnedChain(chain, strength);
  return {
    ...chosen,
    chain: turned,
    strength,
    compression: known,
    notes: await networkNotes(
      chosen.chain,
      turned,
      settings,
      reason(`, strength ${strength.toFixed(2)}`),
    ),
  };
}

/** What `--strength` says of a source. */
function ofAsked(strength: number, isDeinterlaced: boolean): Compression {
  const by = `--strength ${strength}`;
  if (isDeinterlaced) return { strength, by, isCompressed: true, isDeinterlaced };
  return { strength, by, isCompressed: strength >= COMPRESSED_FROM };
}

/** The kind of source that a network is chosen for. */
export function sourceKindOf({ isCompressed, isDeinterlaced }: Compression): SourceKind {
  if (!isCompressed) return 'clean';
  return isDeinterlaced === true ? 'deinterlaced' : 'compressed';
}

/** Notes on the models that run, where vsr chose them for a reason. */
async function networkNotes(
  originals: Chain,
  chain: Chain,
  settings: Settings,
  damage: string | null,
): Promise<Announcement[]> {
  const { names, scale } = chain;
  const { quality, model } = settings;
  if (model !== null) return [];
  const notes: Announcement[] = [];
  const kind = kindOf(originals.names[0]!);
  if (damage !== null && kind !== null && kind !== 'clean') {
    const steady = isSteadied(chain, settings);
    const network = `model ${names.join(' + ')}`;
    notes.push({
      kind: 'note',
      what: steady ? `${network}, still areas averaged over five frames` : network,
      why: `the source is ${damage}`,
      advice: steady ? 'Other choices: --model, --steady off.' : 'Choose another with --model.',
    });
  }
  if (quality === null) return notes;
  const entries = await catalogue();
  const entry = entries.find(({ name }) => name === originals.names[0]);
  const runs = entry === undefined ? null : (choiceOf(entries, entry)?.quality ?? null);
  if (runs !== null && runs !== quality) {
    notes.push({
      kind: 'note',
      what: `quality ${quality}`,
      why: `no model has it at ${scale}x for ${kind ?? 'such'} sources: ${runs} runs (${names.join(' + ')})`,
    });
  }
  return notes;
}
