import { existsSync } from 'node:fs';
import { didYouMean } from '../../did-you-mean.js';
import { badValue, VsrError } from '../../errors.js';
import { scalesUpTo } from '../../planes/enlarged.js';
import { catalogue, type CatalogueEntry } from './catalogue.js';
import { loadModel, type LoadedModel } from '../load/load-model.js';

/** The largest enlargement made. */
export const LARGEST_SCALE = 16;

/** The family that `default` stands for. */
export const DEFAULT_FAMILY = 'espcn-16';

/** The models that together enlarge `scale` times, in the order in which they run. */
export type Chain = {
  readonly scale: number;
  readonly passes: readonly LoadedModel[];
  readonly names: readonly string[];
  readonly sha256s: readonly string[];
};

/**
 * The fewest factors out of `scales` whose product is `scale`, largest first; `null` if there are
 * none.
 */
export function factorsOf(scale: number, scales: readonly number[]): number[] | null {
  if (scale === 1) return [];
  let best: number[] | null = null;
  for (const factor of [...new Set(scales)].sort((a, b) => b - a)) {
    if (factor <= 1 || scale % factor !== 0) continue;
    const rest = factorsOf(scale / factor, scales);
    if (rest !== null && (best === null || rest.length + 1 < best.length)) best = [factor, ...rest];
  }
  return best;
}

/** What can be made of models of `scales`, in order, up to 16; 1 by one that cleans. */
export function reachableScales(scales: readonly number[]): number[] {
  return scalesUpTo(LARGEST_SCALE).filter((scale) =>
    scale === 1 ? scales.includes(1) : factorsOf(scale, scales) !== null,
  );
}

/** The family of a catalogue name: `espcn-16-codec` of `espcn-16-codec-x2`. */
export function familyOf(name: string): string {
  return name.replace(/-x\d+(\.\d+)?$/, '');
}

function badScale(scale: number, what: string, scales: readonly number[]): VsrError {
  const possible = reachableScales(scales).join(', ');
  return new VsrError(
    'option',
    `Expected a scale that can be made with ${what} but received ${scale}. Try one of: ${possible}.`,
  );
}

/** The scales of the passes that make `scale`; VsrError 'option' where there are none. */
function factorsFor(scale: number, what: string, scales: readonly number[]): number[] {
  // A pass that cleans has nothing to be multiplied with.
  if (scale === 1 && scales.includes(1)) return [1];
  const factors = factorsOf(scale, scales);
  if (factors === null || factors.length === 0) throw badScale(scale, what, scales);
  return factors;
}

/** A chain of models, first to run first. */
export function chainOf(passes: readonly LoadedModel[]): Chain {
  return {
    scale: passes.reduce((product, pass) => product * pass.scale, 1),
    passes,
    names: passes.map((pass) => pass.name),
    sha256s: passes.map((pass) => pass.sha256),
  };
}

/**
 * Whether `model` is the path of a file, not a name of the catalogue. One that does not exist is a
 * VsrError 'option'.
 */
function isFile(model: string): boolean {
  const exists = existsSync(model);
  if (!exists && /\.onnx$/i.test(model)) {
    throw new VsrError(
      'option',
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

/** A single model: the path of an ONNX file, or a full name of the catalogue. */
export async function chooseModel(model: string): Promise<LoadedModel> {
  if (isFile(model)) return loadModel(model);
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

/**
 * Chooses the models that together enlarge `scale` times: the fewest passes out of one family.
 *
 * `model` is a name or family of the catalogue, `default`, the path of an ONNX file, which is run
 * as often as its own scale needs, or names and files for the passes, separated by commas. After
 * the first pass of a family, models run that were trained on what a first pass gives
 * (`<family>-second`), where there are any; a model asked for by its full name makes all passes.
 * With `codec`, the first pass of `default` is the model for compressed clips. Unknown names and
 * impossible scales are a VsrError 'option' that lists what there is.
 */
export async function chooseChain(
  scale: number,
  model: string,
  options: { readonly codec: boolean },
): Promise<Chain> {
  if (model.includes(',') && !existsSync(model)) return namedPasses(scale, model.split(','));
  if (isFile(model)) {
    const loaded = await loadModel(model);
    return chainOf(factorsFor(scale, model, [loaded.scale]).map(() => loaded));
  }
  const entries = await catalogue();
  const named = entries.find((entry) => entry.name === model);
  const family = model === 'default' ? DEFAULT_FAMILY : familyOf(named?.name ?? model);
  // A name with a scale means that one model: espcn-16-x22 is no other way to say espcn-16.
  if (named === undefined && familyOf(model) !== model) throw unknownModel(model, entries);
  const members = named ? [named] : entries.filter((entry) => familyOf(entry.name) === family);
  if (members.length === 0) throw unknownModel(model, entries);
  const scales = members.map((entry) => entry.scale);
  const factors = factorsFor(scale, named?.name ?? family, scales);
  const wanted = factors.map((factor) => members.find((entry) => entry.scale === factor)!);
  if (model === 'default' && options.codec) startWithCodec(wanted, entries, family);
  if (named === undefined) continueWithSecond(wanted, entries, family);
  const loaded = new Map<string, LoadedModel>();
  for (const { name, file } of wanted) {
    if (!loaded.has(name)) loaded.set(name, await loadModel(file, name));
  }
  return chainOf(wanted.map(({ name }) => loaded.get(name)!));
}

/**
 * Puts the codec model of a scale in place of the first pass, with the pass that it can stand for
 * moved to the front.
 */
function startWithCodec(
  passes: CatalogueEntry[],
  entries: readonly CatalogueEntry[],
  family: string,
): void {
  for (const [i, pass] of passes.entries()) {
    const codec = entries.find(
      (entry) => familyOf(entry.name) === `${family}-codec` && entry.scale === pass.scale,
    );
    if (codec === undefined) continue;
    passes.splice(i, 1);
    passes.unshift(codec);
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
      entries.find(
        (entry) => entry.scale === scale && familyOf(entry.name) === `${family}-second`,
      ) ?? passes[i]!;
  }
}
