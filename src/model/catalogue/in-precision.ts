import { existsSync } from 'node:fs';
import { VsrError } from '../../errors.js';
import type { ModelCard } from './card.js';
import { catalogue, type CatalogueEntry } from './catalogue.js';
import { chainOf, type Chain } from './chain.js';
import { loadModel, type LoadedModel } from '../load/load-model.js';
import type { PrecisionChoice } from '../runtime/precision.js';

/** The name of a model's 8-bit copy: `espcn-16-int8-x2` for `espcn-16-x2`. */
export function quantisedName(name: string): string {
  const scale = /-x\d+(\.\d+)?$/;
  return scale.test(name) ? name.replace(scale, (end) => `-int8${end}`) : `${name}-int8`;
}

/** The model of which the card's model is the 8-bit copy; `null` for originals. */
export function originalOf(card: ModelCard): { name: string; sha256: string } | null {
  const { name, sha256 } = (card.recipe['quantised'] ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof sha256 === 'string' ? { name, sha256 } : null;
}

/**
 * How far below its original an 8-bit copy may be on a benchmark, in dB of Y-PSNR, to replace it
 * without being asked for.
 */
const closeEnough = 0.05;

/**
 * Whether a copy's card shows it close to its original on every benchmark that both were measured
 * on.
 */
export function isClose(copy: ModelCard, original: ModelCard): boolean {
  const losses = Object.entries(original.figures).flatMap(([set, { psnr }]) => {
    const figures = copy.figures[set];
    return figures === undefined ? [] : [psnr - figures.psnr];
  });
  return losses.length > 0 && losses.every((loss) => loss <= closeEnough);
}

/**
 * The chain in its shipped 8-bit copies; the chain itself where a model has no copy, or one that is
 * not close (`isClose`).
 */
export async function inCloseCopies(chain: Chain): Promise<Chain> {
  const entries = await catalogue();
  const copies = new Map<string, CatalogueEntry>();
  for (const { sha256 } of chain.passes) {
    const original = entries.find(({ card }) => card.sha256 === sha256);
    const copy = entries.find(({ card }) => originalOf(card)?.sha256 === sha256);
    if (original === undefined || copy === undefined) return chain;
    if (!isClose(copy.card, original.card)) return chain;
    copies.set(sha256, copy);
  }
  const loaded = new Map<string, LoadedModel>();
  for (const [sha256, { file, name }] of copies) loaded.set(sha256, await loadModel(file, name));
  return chainOf(chain.passes.map(({ sha256 }) => loaded.get(sha256)!));
}

/**
 * The chain in the precision asked for: for `int8`, every float model is replaced by its 8-bit
 * copy, from the catalogue or, for a model file, from the same folder. `auto` changes nothing.
 * Throws VsrError `option` for a model without such a copy, and for an 8-bit model where float is
 * asked for.
 */
export async function inPrecision(chain: Chain, asked: PrecisionChoice): Promise<Chain> {
  if (asked === 'auto') return chain;
  const entries = await catalogue();
  const found = new Map<string, LoadedModel>();
  for (const pass of chain.passes) {
    if (found.has(pass.sha256)) continue;
    if (asked === 'int8') found.set(pass.sha256, await quantised(pass, entries));
    else if (pass.precision === 'int8') throw isQuantised(pass, asked, entries);
    else found.set(pass.sha256, pass);
  }
  return chainOf(chain.passes.map(({ sha256 }) => found.get(sha256)!));
}

async function quantised(
  pass: LoadedModel,
  entries: readonly CatalogueEntry[],
): Promise<LoadedModel> {
  if (pass.precision === 'int8') return pass;
  const shipped = entries.find(({ card }) => originalOf(card)?.sha256 === pass.sha256);
  if (shipped !== undefined) return loadModel(shipped.file, shipped.name);
  const beside = `${quantisedName(pass.path.replace(/\.onnx$/i, ''))}.onnx`;
  if (existsSync(beside)) {
    const copy = await loadModel(beside);
    const of = copy.model.metadataProps?.find(({ key }) => key === 'of')?.value;
    if (copy.precision === 'int8' && of === pass.sha256) return copy;
    throw new VsrError(
      'option',
      `Expected an 8-bit copy of ${pass.path} in ${beside} but that copy belongs to another model. Make it again with vsr quantize.`,
    );
  }
  const names = entries.flatMap(({ card }) => originalOf(card)?.name ?? []).join(', ');
  throw new VsrError(
    'option',
    `Expected a model with an 8-bit copy for --precision int8 but ${pass.name} has none. These have one: ${names || 'none'}. vsr quantize makes them.`,
  );
}

function isQuantised(
  pass: LoadedModel,
  asked: PrecisionChoice,
  entries: readonly CatalogueEntry[],
): VsrError {
  const card = entries.find(({ card }) => card.sha256 === pass.sha256)?.card;
  const original = card === undefined ? null : originalOf(card);
  const advice = original === null ? '' : ` Its original is ${original.name}.`;
  return new VsrError(
    'option',
    `Expected a model that computes in floating point for --precision ${asked} but ${pass.name} is an 8-bit one.${advice}`,
  );
}
