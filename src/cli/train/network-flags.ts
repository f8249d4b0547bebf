import { badValue, VsrError } from '../../errors.js';
import { networkOf } from '../../model/architectures/list.js';
import { layersOf } from '../../model/language/layers.js';
import { alignmentOf, type Network } from '../../model/language/network.js';
import { ratioOf } from '../../model/language/ratio.js';
import { canFitLast } from '../../training/optimiser/fit-last.js';
import { widestLayer } from '../../training/optimiser/expansion.js';
import type { TrainFlags } from './train-flags.js';

/** Low-resolution samples each way of a patch where nothing else is asked for. */
const usualPatch = 40;

/** Low-resolution samples each way of the patches that a network is trained on. */
export function patchOf({ patches }: Network, { patch }: Pick<TrainFlags, 'patch'>): number {
  return patches?.size ?? patch ?? usualPatch;
}

/** The network that a call asks for. What does not go with it is a VsrError 'option'. */
export function networkOfFlags(flags: TrainFlags): Network {
  const { arch, scale, activation, depth, width, dropout } = flags;
  const { patches: takesPatches } = networkOf(arch, scale);
  const network = networkOf(arch, scale, {
    activation,
    ...(depth === undefined ? {} : { depth }),
    ...(width === undefined ? {} : { width }),
    ...(dropout === 0 ? {} : { dropout }),
    // What others are trained on is what these are made for.
    ...(takesPatches === undefined || flags.patch === undefined ? {} : { patch: flags.patch }),
  });
  const patch = patchOf(network, flags);
  const widest = widestLayer(network);
  if (flags.expand !== 0 && flags.expand < widest) {
    const least = `0, or at least ${widest}, the channels of the widest layer of ${arch},`;
    throw badValue(least, '--expand', flags.expand);
  }
  const { den } = ratioOf(scale);
  const alignment = network.patches === undefined ? alignmentOf(network) : den;
  if (patch % alignment !== 0) {
    throw badValue(`a multiple of ${alignment} for ${arch} at ${scale}x`, '--patch', patch);
  }
  if (den !== 1 && flags.degrade !== 'bicubic') {
    throw badValue('bicubic', `--degrade for a scale of ${scale}`, flags.degrade);
  }
  if (scale === 1 && flags.degrade === 'bicubic' && flags.noise === 0) {
    throw new VsrError(
      'option',
      'At a scale of 1 there is nothing to learn from pictures left as they are: give --noise or --degrade codec.',
    );
  }
  if (flags.int8 === true) {
    if (flags.from === undefined) {
      throw new VsrError('option', '--int8 copies a trained model; name that with --from.');
    }
    if (layersOf(network) === null) {
      const fitting = 'an architecture that is convolutions on luma from end to end';
      throw badValue(fitting, '--arch for --int8', arch);
    }
  }
  if (flags.from !== undefined && flags.init.kind !== 'he') {
    throw new VsrError('option', '--init is for weights that begin at random; --from gives them.');
  }
  if (flags.fit > 0 && !canFitLast(network)) {
    throw badValue('an architecture that ends in a dense layer', '--arch for --fit', arch);
  }
  if (network.colour === 'rgb') {
    // Both are about luma: one frame of a coded clip, the output of a luma network.
    if (flags.degrade === 'codec') {
      throw badValue('bicubic or blur', `--degrade for ${arch}, which takes RGB,`, flags.degrade);
    }
    if (flags.after !== undefined) {
      throw badValue('an architecture that takes luma', '--arch for --after', arch);
    }
  }
  return network;
}
