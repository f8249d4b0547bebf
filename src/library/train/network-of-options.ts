import { badValue, VsrError } from '../../errors.js';
import { networkOf } from '../../model/architectures/list.js';
import { leastJudged } from '../../model/discriminators/discriminator.js';
import { discriminatorOf, discriminators } from '../../model/discriminators/list.js';
import { layersOf } from '../../model/language/layers.js';
import { alignmentOf, type Network } from '../../model/language/network.js';
import { ratioOf } from '../../model/language/ratio.js';
import {
  adversarialLoss,
  featureLosses,
  isAdversarial,
  losses,
  lossText,
  needsFeatures,
  needsRgb,
  termsOf,
} from '../../training/gradient/loss.js';
import { mostShifted, sideSeen } from '../../training/gradient/shifted.js';
import { bicubicPassScale } from '../../model/load/bicubic-pass.js';
import { canFitLast } from '../../training/optimiser/fit-last.js';
import { widestLayer } from '../../training/optimiser/expansion.js';
import type { TrainSettings } from './train-options.js';

/** Words in a sentence: "a, b, or c". */
const orOf = new Intl.ListFormat('en', { type: 'disjunction' });

/** Default side of a patch, in low-resolution samples. */
const usualPatch = 40;

/** Low-resolution samples each way of the patches that a network is trained on. */
export function patchOf({ patches }: Network, { patch }: Pick<TrainSettings, 'patch'>): number {
  return patches?.size ?? patch ?? usualPatch;
}

/** The network that a call asks for. Throws VsrError `option` for settings that do not fit it. */
export function networkOfOptions(settings: TrainSettings): Network {
  const { arch, scale, activation, depth, width, dropout } = settings;
  const { patches: takesPatches } = networkOf(arch, scale);
  const plain = networkOf(arch, scale, {
    activation,
    ...(depth === undefined ? {} : { depth }),
    ...(width === undefined ? {} : { width }),
    ...(dropout === 0 ? {} : { dropout }),
    // Others are only trained on patches of a size; these are built for it.
    ...(takesPatches === undefined || settings.patch === undefined
      ? {}
      : { patch: settings.patch }),
  });
  const network: Network = settings.dial === true ? { ...plain, strength: true } : plain;
  checkPatch(network, settings);
  checkDegradation(network, settings);
  checkStart(network, settings);
  checkLoss(network, settings);
  return network;
}

/** Refuses patches that the network cannot take, and expansions that are narrower than it. */
function checkPatch(network: Network, settings: TrainSettings): void {
  const { arch, scale } = settings;
  const patch = patchOf(network, settings);
  const widest = widestLayer(network);
  if (settings.expand !== 0 && settings.expand < widest) {
    const least = `0, or at least ${widest}, the channels of the widest layer of ${arch},`;
    throw badValue(least, 'expand', settings.expand);
  }
  if (settings.expand !== 0 && settings.optimiser === 'muon') {
    throw new VsrError(
      'option',
      '--optimiser muon steps on the layers as they are: leave out --expand, whose part it takes.',
    );
  }
  const { den } = ratioOf(scale);
  const alignment = network.patches === undefined ? alignmentOf(network) : den;
  if (patch % alignment !== 0) {
    throw badValue(`a multiple of ${alignment} for ${arch} at ${scale}x`, 'patch', patch);
  }
}

/** Refuses ways of making the low resolution from which this network could not learn. */
function checkDegradation(network: Network, settings: TrainSettings): void {
  const { arch, scale } = settings;
  const { den } = ratioOf(scale * (bicubicPassScale(settings.after ?? '', '--after') ?? 1));
  if (settings.dial === true && !settings.degrade.startsWith('codec')) {
    const fitting = 'codec or codecs, whose pictures are compressed by different strengths,';
    throw badValue(fitting, '--degrade for --dial', settings.degrade);
  }
  if (settings.fields > 0 && settings.degrade !== 'codecs') {
    throw badValue('codecs', '--degrade for --fields', settings.degrade);
  }
  if (den !== 1 && settings.degrade !== 'bicubic') {
    const made = `${scale}${settings.after === undefined ? '' : ` after ${settings.after}`}`;
    throw badValue('bicubic', `--degrade for a scale of ${made}`, settings.degrade);
  }
  const changed =
    settings.degrade !== 'bicubic' || settings.noise > 0 || settings.after !== undefined;
  if (scale === 1 && !changed) {
    throw new VsrError(
      'option',
      'At a scale of 1 there is nothing to learn from pictures left as they are: give --noise, --degrade codec or --after bicubic@1.5.',
    );
  }
  if (network.colour === 'rgb') {
    // Both need luma: a frame of a coded clip, and the output of a luma network.
    if (settings.degrade.startsWith('codec')) {
      throw badValue(
        'bicubic or blur',
        `--degrade for ${arch}, which takes RGB,`,
        settings.degrade,
      );
    }
    if (settings.after !== undefined) {
      throw badValue('an architecture that takes luma', '--arch for --after', arch);
    }
  }
}

/** Refuses weights to start from that this network cannot have. */
function checkStart(network: Network, settings: TrainSettings): void {
  const { arch } = settings;
  if (settings.int8 === true) {
    if (settings.from === undefined) {
      throw new VsrError('option', '--int8 copies a trained model; name that with --from.');
    }
    if (layersOf(network) === null) {
      const fitting = 'an architecture that is convolutions on luma from end to end';
      throw badValue(fitting, '--arch for --int8', arch);
    }
  }
  if (settings.from !== undefined && settings.init.kind !== 'he') {
    throw new VsrError('option', '--init is for weights that begin at random; --from gives them.');
  }
  if (settings.fit > 0 && !canFitLast(network)) {
    throw badValue('an architecture that ends in a dense layer', '--arch for --fit', arch);
  }
}

/** Refuses losses and feature networks that do not go with this network. */
function checkLoss(network: Network, settings: TrainSettings): void {
  const { arch } = settings;
  const looks = needsFeatures(settings.loss);
  if (needsRgb(settings.loss) && network.colour !== 'rgb') {
    throw badValue(
      'an architecture that takes RGB',
      `--arch for --loss ${lossText(settings.loss)}`,
      arch,
    );
  }
  checkContest(network, settings);
  if (!looks && (settings.features ?? settings.featureOutputs) !== undefined) {
    throw new VsrError(
      'option',
      `--features and --feature-outputs are for --loss ${orOf.format(featureLosses)}.`,
    );
  }
}

/** Refuses a discriminator without its loss, and patches that are too small to be judged. */
function checkContest(network: Network, settings: TrainSettings): void {
  const { loss, discriminator, discriminatorLr } = settings;
  if (!isAdversarial(loss)) {
    if ((discriminator ?? discriminatorLr) === undefined) return;
    throw new VsrError(
      'option',
      `--discriminator and --discriminator-lr are for --loss ${adversarialLoss}.`,
    );
  }
  if (termsOf(loss).every(({ name }) => name === adversarialLoss)) {
    throw new VsrError(
      'option',
      `--loss ${lossText(loss)} does not say which picture to make, only that it be believed: add one of ${losses.filter((name) => name !== adversarialLoss).join(', ')}.`,
    );
  }
  const judge = discriminator === undefined ? discriminators[0] : discriminatorOf(discriminator);
  const least = leastJudged(judge);
  if (sideSeen(network, patchOf(network, settings)) >= least) return;
  const patch = Math.ceil((least + mostShifted(network)) / network.scale);
  throw badValue(
    `at least ${patch}, since the discriminator ${judge.name} judges pictures of ${least} samples each way and more,`,
    '--patch',
    patchOf(network, settings),
  );
}
