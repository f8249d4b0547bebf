import { existsSync } from 'node:fs';
import { didYouMean } from '../../did-you-mean.js';
import { badValue, VsrError } from '../../errors.js';
import { catalogue, type CatalogueEntry } from './catalogue.js';
import { factorsOf, familyOf, reachableScales } from './family.js';
import {
  defaultQuality,
  familyFor,
  type Quality,
  scalesOf,
  secondFamily,
  type SourceKind,
} from './quality.js';
import { bicubicModel, bicubicPassScale } from '../load/bicubic-pass.js';
import { loadModel, type LoadedModel, turnedTo } from '../load/load-model.js';

/** The models that together enlarge `scale` times, in the order in which they run. */
export type Chain = {
  readonly scale: number;
  readonly passes: readonly LoadedModel[];
  readonly names: readonly string[];
  readonly sha256s: readonly string[];
};

function badScale(scale: number, what: string, scales: readonly number[]): VsrError {
  const possible = reachableScales(scales).join(', ');
  return new VsrError(
    'option',
    `Expected a scale that can be made with ${what} but received ${scale}. Try one of: ${possible}.`,
  );
}

/** The scales of the passes that make `scale`; throws VsrError `option` where there are none. */
function factorsFor(scale: number, what: string, scales: readonly number[]): number[] {
  // A model of scale 1 cleans and does not enlarge: one pass of it is enough.
  if (scale === 1 && scales.includes(1)) return [1];
  const factors = factorsOf(scale, scales);
  if (factors === null || factors.length === 0) throw badScale(scale, what, scales);
  return factors;
}

/** A chain of models, in the order in which they run. */
export function chainOf(passes: readonly LoadedModel[]): Chain {
  return {
    scale: passes.reduce((product, pass) => product * pass.scale, 1),
    passes,
    names: passes.map((pass) => pass.name),
    sha256s: passes.map((pass) => pass.sha256),
  };
}

/** The chain with the dial of its first pass, if that has one, set to `strength`, 0 to 1. */
export async function turnedChain(chain: Chain, strength: number): Promise<Chain> {
  const [first, ...others] = chain.passes;
  return chainOf([await turnedTo(first!, strength), ...others]);
}

/**
 * Whether `model` is the path of a file, not a name of the catalogue. Throws VsrError `model` for
 * an ONNX file that does not exist.
 */
function isFile(model: string): boolean {
  const exists = existsSync(model);
  // Names of the catalogue may have a slash within: research/espcn-16-x2.
  if (!exists && /\.onnx$|^\.{0,2}[/\\]/i.test(model)) {
    throw new VsrError(
      'model',
      `Expected a model of the catalogue or an ONNX file but ${model} does not exist.`,
    );
  }
  return exists && /\.onnx$|[/\\]/i.test(model);
}

function unknownModel(model: string, entries: readonly CatalogueEntry[]): VsrError {
  const names = entries.map((entry) => entry.name).join(', ');
  const close = didYouMean(model, [
    ...entries.map((entry) => entry.name),
    ...entries.map((entry) => familyOf(entry.name)),
  ]);
  return badValue(
    'the name of a model or an ONNX file',
    '--model',
    model,
    `${close === '' ? '' : `${close} `}The catalogue has: ${names || 'nothing'}.`,
  );
}

/**
 * Loads a single model: the path of an ONNX file, a full name of the catalogue, or `bicubic@1.5`
 * for plain bicubic enlargement by 1.5. Throws VsrError `option` for an unknown name and VsrError
 * `model` for a file that cannot be used.
 */
export async function chooseModel(model: string): Promise<LoadedModel> {
  if (isFile(model)) return loadModel(model);
  const bicubic = bicubicPassScale(model, '--model');
  if (bicubic !== null) return bicubicModel(bicubic);
  const entries = await catalogue();
  const entry = entries.find(({ name }) => name === model);
  if (entry === undefined) throw unknownModel(model, entries);
  return loadModel(entry.file, entry.name);
}

/** The chain of the models named, which must make `scale` together. */
async function namedPasses(scale: number, models: readonly string[]): Promise<Chain> {
  const passes: LoadedModel[] = [];
  for (const model of models) passes.push(await chooseModel(model));
  const chain = chainOf(passes);
  if (chain.scale === scale) return chain;
  const shown = passes.map((pass) => `${pass.name} (${pass.scale})`).join(', ');
  throw new VsrError(
    'option',
    `Expected a model for each pass that together enlarge ${scale} times but ${shown} enlarge ${chain.scale} times. Try --scale ${chain.scale}, or other models.`,
  );
}

/** What decides the choice of models where none is named. */
export type ChainOptions = {
  /** What the source is: of each kind of source, other models are the best. */
  readonly kind: SourceKind;
  /** Default: `normal`. For a scale without models of a quality, the next lower one. */
  readonly quality?: Quality | null;
};

/**
 * Chooses and loads the models that together enlarge `scale` times: the fewest passes out of one
 * family.
 *
 * `model` is a name or a family of the catalogue, `default`, the path of an ONNX file, which runs
 * as often as it takes to reach `scale`, or names and files for each pass, separated by commas.
 * After the first pass of a family come models trained on the output of a first pass
 * (`<family>-second`), where there are any; a model asked for by its full name makes all passes.
 * For `default`, the quality decides which family it is; unless the source is clean, its first pass
 * is a model for sources of that kind.
 *
 * Throws VsrError `option`, which lists the possible ones, for unknown names and impossible scales,
 * and VsrError `model` for files that cannot be used.
 */
export async function chooseChain(
  scale: number,
  model: string,
  { kind, quality }: ChainOptions,
): Promise<Chain> {
  if (model.includes(',') && !existsSync(model)) return namedPasses(scale, model.split(','));
  if (bicubicPassScale(model, '--model') !== null) return namedPasses(scale, [model]);
  if (isFile(model)) {
    const loaded = await loadModel(model);
    return chainOf(factorsFor(scale, model, [loaded.scale]).map(() => loaded));
  }
  const entries = await catalogue();
  const named = entries.find((entry) => entry.name === model);
  const asked = quality ?? defaultQuality;
  const family =
    model === 'default'
      ? (familyFor(entries, 'clean', scale, asked)?.family ?? model)
      : familyOf(named?.name ?? model);
  // A name that ends in a scale means one model: an unknown espcn-16-x22 does not mean espcn-16.
  if (named === undefined && familyOf(model) !== model) throw unknownModel(model, entries);
  const members = named ? [named] : entries.filter((entry) => familyOf(entry.name) === family);
  if (members.length === 0 && model === 'default') {
    throw badScale(scale, 'the models there are', scalesOf(entries, 'clean'));
  }
  if (members.length === 0) throw unknownModel(model, entries);
  const scales = members.map((entry) => entry.scale);
  const factors = factorsFor(scale, named?.name ?? family, scales);
  const wanted = factors.map((factor) => members.find((entry) => entry.scale === factor)!);
  if (model === 'default' && kind !== 'clean') startWithCleaning(wanted, entries, kind, asked);
  if (named === undefined) {
    continueWithSecond(
      wanted,
      entries,
      model === 'default' ? secondFamily(asked) : `${family}-second`,
    );
  }
  const loaded = new Map<string, LoadedModel>();
  for (const { name, file } of wanted) {
    if (!loaded.has(name)) loaded.set(name, await loadModel(file, name));
  }
  return chainOf(wanted.map(({ name }) => loaded.get(name)!));
}

/**
 * Replaces the first pass for whose scale there is a model for sources of `kind` by that model, and
 * moves it to the front.
 */
function startWithCleaning(
  passes: CatalogueEntry[],
  entries: readonly CatalogueEntry[],
  kind: SourceKind,
  quality: Quality,
): void {
  for (const [i, pass] of passes.entries()) {
    const { scale } = pass;
    const found = familyFor(entries, kind, scale, quality)?.family;
    const cleaning = entries.find((each) => familyOf(each.name) === found && each.scale === scale);
    if (cleaning === undefined) continue;
    passes.splice(i, 1);
    passes.unshift(cleaning);
    return;
  }
}

/** Replaces the models of later passes by those trained on a first pass's output. */
function continueWithSecond(
  passes: CatalogueEntry[],
  entries: readonly CatalogueEntry[],
  family: string,
): void {
  for (let i = 1; i < passes.length; i++) {
    const { scale } = passes[i]!;
    passes[i] =
      entries.find((entry) => entry.scale === scale && familyOf(entry.name) === family) ??
      passes[i]!;
  }
}
