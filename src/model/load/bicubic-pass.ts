import { badValue } from '../../errors.js';
import { scalesUpTo } from '../../planes/enlarged.js';
import { alignmentOf, type Network, reachOf } from '../language/network.js';
import { buildInferenceModel } from '../networks/network-model.js';
import { type LoadedModel, loadedFrom } from './load-model.js';

/** The scales by which plain bicubic may enlarge as a pass. */
const bicubicScales = scalesUpTo(4).filter((scale) => scale > 1);

/**
 * The scale of plain bicubic enlargement as `bicubic@1.5` names it; `null` for the name of a model.
 * Throws VsrError `option`, which names `option`, for a scale that is not one of `bicubicScales`.
 */
export function bicubicPassScale(wanted: string, option: string): number | null {
  const [, scale] = /^bicubic@(.*)$/.exec(wanted) ?? [];
  if (scale === undefined) return null;
  if (bicubicScales.includes(Number(scale))) return Number(scale);
  throw badValue(`bicubic@ and one of ${bicubicScales.join(', ')}`, option, wanted);
}

/**
 * Plain bicubic enlargement of luma as a model, for networks that work on enlarged pictures. Beyond
 * its border a picture is continued by its last samples, as for every network.
 */
export async function bicubicModel(scale: number): Promise<LoadedModel> {
  const network: Network = {
    ...{ arch: 'bicubic', scale, colour: 'luma', before: 'bicubic', after: 'nothing' },
    ...{ blocks: [], skip: 'none' },
  };
  const name = `bicubic@${scale}`;
  // Its grid cannot be told from the graph where the scale is a ratio.
  const grid = { reach: String(reachOf(network)), align: String(alignmentOf(network)) };
  const bytes = buildInferenceModel(network, new Float32Array(0), grid);
  return loadedFrom(bytes, { name, path: name });
}
