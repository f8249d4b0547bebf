import { gramMatrices } from '../../model/autodiff/matrix.js';
import {
  absolute,
  add,
  mean,
  multiply,
  softplus,
  squareRoot,
  subtract,
} from '../../model/autodiff/pointwise.js';
import { crop, reshape, transpose } from '../../model/autodiff/shape.js';
import type { Tape, Value } from '../../model/autodiff/tape.js';
import { unitLength } from '../../model/autodiff/unit-length.js';
import { type FeatureNetwork, featuresOf } from '../../model/features/feature-network.js';
import { lumaOf } from './luma.js';

/** Losses that compare pictures sample by sample. */
export const pixelLosses = ['mse', 'l1', 'charbonnier'] as const;

/**
 * Losses that compare the features which a feature network finds in pictures. `perceptual` compares
 * them place by place (https://arxiv.org/abs/1603.08155), `features` as vectors of length 1, as the
 * feature distance is measured (equation 1 of https://arxiv.org/abs/1801.03924); `texture` compares
 * which of them occur together within a patch, by Gram matrices (https://arxiv.org/abs/1612.07919).
 */
export const featureLosses = ['perceptual', 'features', 'texture'] as const;

/** Charbonnier's loss of the luma of RGB pictures, which Y-PSNR is measured on. */
export const lumaLoss = 'luma';

/** The loss that is high where a discriminator takes a picture for an enlarged one. */
export const adversarialLoss = 'adversarial';

/** The names of all losses. */
export const losses = [...pixelLosses, lumaLoss, ...featureLosses, adversarialLoss] as const;

/** The name of a loss. */
export type LossName = (typeof losses)[number];

/** One of several losses that are added up, each times its `weight`. */
export type LossTerm = { readonly name: LossName; readonly weight: number };

/** What training minimises: one loss, or a weighted sum of several. */
export type Loss = LossName | readonly LossTerm[];

/** The terms of a loss; a name alone is one of weight 1. */
export function termsOf(loss: Loss): readonly LossTerm[] {
  return typeof loss === 'string' ? [{ name: loss, weight: 1 }] : loss;
}

/** A loss in words: `mse`, or `mse:1,perceptual:0.1`. */
export function lossText(loss: Loss): string {
  if (typeof loss === 'string') return loss;
  return loss.map(({ name, weight }) => `${name}:${weight}`).join(',');
}

/** Whether a loss compares features. */
export function needsFeatures(loss: Loss): boolean {
  return termsOf(loss).some(({ name }) => (featureLosses as readonly string[]).includes(name));
}

/** Whether a loss is of what only RGB pictures have, features or a luma of their own. */
export function needsRgb(loss: Loss): boolean {
  return needsFeatures(loss) || termsOf(loss).some(({ name }) => name === lumaLoss);
}

/** Whether a loss is a discriminator's verdict. */
export function isAdversarial(loss: Loss): boolean {
  return termsOf(loss).some(({ name }) => name === adversarialLoss);
}

/** Charbonnier's epsilon, in units of the 0..1 range (https://arxiv.org/abs/1710.01992). */
const charbonnierEpsilon = 1e-3;

/** What feature losses are computed with. */
export type Looks = {
  readonly network: FeatureNetwork;
  /** Makes pictures [N, 3, H, W] of the values that `lossOf` compares. */
  readonly picture: (value: Value) => Value;
};

/** What losses other than pixel losses are computed with. */
export type LossHelp = {
  readonly looks?: Looks | undefined;
  /** Makes pictures [N, 3, H, W] in RGB of the values; needed by the loss of luma. */
  readonly rgb?: ((value: Value) => Value) | undefined;
  /** A discriminator's verdicts on `actual`. */
  readonly verdicts?: Value | undefined;
};

/** The loss of `actual` against `wanted`, a scalar; each term is a mean over all it compares. */
export function lossOf(
  tape: Tape,
  loss: Loss,
  actual: Value,
  wanted: Value,
  { looks, rgb, verdicts }: LossHelp = {},
): Value {
  let features: (readonly [Value, Value])[] | undefined;
  const pairs = (): (readonly [Value, Value])[] => {
    if (features !== undefined) return features;
    if (looks === undefined) throw new RangeError('a loss of features without a feature network');
    const [ours, theirs] = [actual, wanted].map((value) =>
      featuresOf(tape, looks.network, looks.picture(value)),
    ) as [Value[], Value[]];
    return (features = ours.map((value, i) => [value, theirs[i]!]));
  };
  const side = () => looks!.picture(wanted).shape[2]!;
  const valueOf = (name: LossName): Value => {
    switch (name) {
      case 'perceptual':
        return meanOf(
          tape,
          pairs().map(([a, b]) => pixelLoss(tape, 'mse', a, b)),
        );
      case 'features':
        return pairs()
          .map(([a, b]) => featureDistance(tape, a, b))
          .reduce((sum, distance) => add(tape, sum, distance));
      case 'texture':
        return meanOf(
          tape,
          pairs().map(([a, b]) => textureLoss(tape, a, b, side())),
        );
      case 'luma': {
        if (rgb === undefined) throw new RangeError('a loss of luma without pictures in RGB');
        const [ours, theirs] = [actual, wanted].map((value) => lumaOf(tape, rgb(value)));
        return pixelLoss(tape, 'charbonnier', ours!, theirs!);
      }
      case 'adversarial':
        if (verdicts === undefined) throw new RangeError('adversarial without a discriminator');
        return distanceFromTrue(tape, verdicts);
      default:
        return pixelLoss(tape, name, actual, wanted);
    }
  };
  const terms = termsOf(loss).map(({ name, weight }) =>
    weight === 1 ? valueOf(name) : multiply(tape, valueOf(name), tape.scalar(weight)),
  );
  return terms.reduce((sum, term) => add(tape, sum, term));
}

/**
 * How far verdicts are from "true": the mean of -log sigmoid(verdict). The network minimises it for
 * the verdicts on its own pictures, the discriminator for those on true ones.
 */
export function distanceFromTrue(tape: Tape, verdicts: Value): Value {
  return mean(tape, softplus(tape, multiply(tape, verdicts, tape.scalar(-1))));
}

/**
 * How far verdicts are from "enlarged": the mean of -log sigmoid(-verdict). The discriminator
 * minimises it for the verdicts on the network's pictures.
 */
export function distanceFromEnlarged(tape: Tape, verdicts: Value): Value {
  return mean(tape, softplus(tape, verdicts));
}

function pixelLoss(
  tape: Tape,
  name: (typeof pixelLosses)[number],
  actual: Value,
  wanted: Value,
): Value {
  const difference = subtract(tape, actual, wanted);
  if (name === 'l1') return mean(tape, absolute(tape, difference));
  const square = multiply(tape, difference, difference);
  if (name === 'mse') return mean(tape, square);
  const epsilon = tape.scalar(charbonnierEpsilon ** 2);
  return mean(tape, squareRoot(tape, add(tape, square, epsilon)));
}

/** The mean of scalars. */
function meanOf(tape: Tape, values: readonly Value[]): Value {
  const sum = values.reduce((a, b) => add(tape, a, b));
  return values.length === 1 ? sum : multiply(tape, sum, tape.scalar(1 / values.length));
}

/** The squared difference of vectors of length 1, summed over channels, averaged over places. */
function featureDistance(tape: Tape, actual: Value, wanted: Value): Value {
  const [a, b] = [unitLength(tape, actual), unitLength(tape, wanted)];
  return multiply(tape, pixelLoss(tape, 'mse', a, b), tape.scalar(actual.shape[1]!));
}

/** Side, in samples of the picture, of the patches within which textures are compared. */
const texturePatch = 16;

/**
 * Mean squared difference of the Gram matrices of features [N, C, H, W] and the wanted ones, patch
 * by patch. `side` is that of the picture, in samples.
 */
function textureLoss(tape: Tape, actual: Value, wanted: Value, side: number): Value {
  const [n, c, h, w] = actual.shape as [number, number, number, number];
  const block = Math.min(h, w, Math.max(1, Math.round((texturePatch * h) / side)));
  const [down, across] = [Math.floor(h / block), Math.floor(w / block)];
  const grams = (value: Value): Value => {
    const extents = [n, c, down * block, across * block];
    const whole = crop(tape, value, [0, 0, 0, 0], extents);
    const apart = reshape(tape, whole, [n, c, down, block, across, block]);
    const ordered = transpose(tape, apart, [0, 2, 4, 1, 3, 5]);
    return gramMatrices(tape, reshape(tape, ordered, [n * down * across, c, block * block]));
  };
  return pixelLoss(tape, 'mse', grams(actual), grams(wanted));
}
