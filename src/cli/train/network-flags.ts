import { badValue, VsrError } from '../../errors.js';
import { networkOf } from '../../model/architectures/list.js';
import { layersOf } from '../../model/language/layers.js';
import { alignmentOf, type Network } from '../../model/language/network.js';
import { widestLayer } from '../../training/optimiser/expansion.js';
import type { TrainFlags } from './train-flags.js';

/** The network that a call asks for. What does not go with it is a VsrError 'option'. */
export function networkOfFlags(flags: TrainFlags): Network {
  const { arch, scale, activation, depth, width } = flags;
  const network = networkOf(arch, scale, {
    activation,
    ...(depth === undefined ? {} : { depth }),
    ...(width === undefined ? {} : { width }),
  });
  const widest = widestLayer(network);
  if (flags.expand !== 0 && flags.expand < widest) {
    const least = `0, or at least ${widest}, the channels of the widest layer of ${arch},`;
    throw badValue(least, '--expand', flags.expand);
  }
  const alignment = alignmentOf(network);
  if (flags.patch % alignment !== 0) {
    throw badValue(`a multiple of ${alignment} for ${arch}`, '--patch', flags.patch);
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
