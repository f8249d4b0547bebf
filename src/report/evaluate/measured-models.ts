import type { Compression } from '../../media/compression/compression.js';
import { type Chain, chooseChain, turnedChain } from '../../model/catalogue/chain.js';
import type { SourceKind } from '../../model/catalogue/quality.js';
import { precisionOfPasses, type PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import { chainFor, isForCompressed } from '../../upscale/plan/model-choice.js';

/** A chain of models, by the name that it has among the figures. */
export type NamedChain = { readonly name: string; readonly chain: Chain };

/** Facts of a network whose figures are shown, so that it is not taken for another. */
export type NetworkFacts = {
  /** The models of its passes. */
  readonly models: readonly string[];
  /** Precision of their files: `int8` is the 8-bit copy, anything else the float model. */
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /** Whether it was trained for compressed sources. */
  readonly forCompressed: boolean;
  /**
   * Whether `vsr upscale` runs it for this file on this machine, with the same `--model` or none.
   */
  readonly runs: boolean;
};

/** Which models are measured. */
export type ModelChoice = {
  readonly scale: number;
  /** A model of the catalogue, `default`, an ONNX file, or `none` for the baselines alone. */
  readonly model: string;
  readonly provider: ProviderChoice;
  readonly precision?: PrecisionChoice | undefined;
};

/** The file that is measured, for the choice of networks. */
export type MeasuredSource = {
  /**
   * Estimates how strongly the small input (where `coded`), otherwise the file itself, is
   * compressed. Called only where that matters.
   */
  readonly look: () => Promise<Compression>;
  /** Whether the small input was compressed. */
  readonly coded: boolean;
};

/** The models that a file is measured by, and what each is. */
export type MeasuredModels = {
  readonly models: readonly NamedChain[];
  readonly networks: Readonly<Record<string, NetworkFacts>>;
};

/** The name of a chain among the figures. */
export function nameOfChain(chain: Pick<Chain, 'names'>): string {
  return [...new Set(chain.names)].join(' + ');
}

/** What a chain is; `runs` says whether `vsr upscale` takes it. */
function factsOf(chain: Chain, runs: boolean): NetworkFacts {
  return {
    models: chain.names,
    precision: precisionOfPasses(chain.passes),
    forCompressed: isForCompressed(chain),
    runs,
  };
}

function listed(chains: readonly Chain[], runs: Chain): MeasuredModels {
  const byName = new Map(chains.map((chain) => [nameOfChain(chain), chain]));
  const models = [...byName].map(([name, chain]) => ({ name, chain }));
  const networks = models.map(
    ({ name, chain }) => [name, factsOf(chain, name === nameOfChain(runs))] as const,
  );
  return { models, networks: Object.fromEntries(networks) };
}

/**
 * The models to measure on a file: the float model, and what `vsr upscale` runs in its place here
 * where no model is named, which is its 8-bit copy on processors that are faster with it. For a
 * compressed file, the network for compressed sources is measured besides that for clean ones,
 * because the small input is clean unless it was coded as well.
 */
export async function modelsToMeasure(
  { scale, model, provider, precision = 'auto' }: ModelChoice,
  { look, coded }: MeasuredSource,
): Promise<MeasuredModels> {
  if (model === 'none') return { models: [], networks: {} };
  if (model !== 'default') {
    const named = await chooseChain(scale, model, { kind: 'clean' });
    const chain =
      precision === 'auto' ? named : await chainFor(named, { model, precision, provider });
    const hasDial = coded && chain.passes[0]!.dial !== null;
    const turned = await turnedChain(chain, hasDial ? (await look()).strength : 0);
    return listed([turned], turned);
  }
  const { isCompressed, strength } = await look();
  const chains: Chain[] = [];
  let runs: Chain | undefined;
  const own: SourceKind = isCompressed ? 'compressed' : 'clean';
  const kinds: readonly SourceKind[] = coded || !isCompressed ? [own] : ['clean', own];
  for (const kind of kinds) {
    const chosen = await chooseChain(scale, model, { kind });
    const dial = kind === 'clean' ? 0 : strength;
    const float = await turnedChain(chosen, dial);
    // A copy has its own dial.
    const copies = await chainFor(chosen, { model: null, precision, provider });
    runs = await turnedChain(copies, dial);
    chains.push(...(precision === 'auto' ? [float] : []), runs);
  }
  return listed(chains, runs!);
}
