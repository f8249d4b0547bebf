import { lumaOfPlanes, readLuma, readRgb } from '../../media/still/luma-image.js';
import { COMPRESSED_FROM, compressionOfStill } from '../../media/compression/compression.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { degrade, isCoded, type Degradation } from '../../training/pictures/degrade.js';
import { psnr } from '../../metrics/psnr.js';
import type { PlanePair } from '../../training/coded/plane-pair.js';
import { randomAt } from '../../training/base/random.js';
import { VsrError } from '../../errors.js';
import {
  FigureSums,
  baselines,
  joinedErrors,
  lumaErrors,
  type FileEvaluation,
  type Figures,
} from './evaluation.js';
import type { ClassMeter } from '../meters/class-meter.js';
import { featureDistance, type FeatureMeter, withoutBorder } from '../meters/feature-meter.js';
import { pictureOfPlanes } from '../rgb-picture.js';
import type { MeasuredModels, MeasuredSource } from './measured-models.js';
import type { Protocol } from './protocol.js';
import { cutWithin } from '../meters/cut-within.js';

/** How a picture is measured. */
export type PictureEvaluationOptions = {
  readonly scale: number;
  readonly degradation: Degradation;
  /** Samples cut on every side before comparing. */
  readonly border: number;
  readonly modelsFor: (source: MeasuredSource) => Promise<MeasuredModels>;
  /** Gets a plane of luma, or those of red, green and blue, and returns as many. */
  readonly enlarge: (planes: readonly Plane[], chain: Chain) => Promise<readonly Plane[]>;
  readonly protocol: Protocol;
  /** Measures the feature distance, where that is asked for. */
  readonly features: FeatureMeter | null;
  /** Classifies pictures, where that is asked for. */
  readonly classes: Pick<ClassMeter, 'classOf'> | null;
};

/**
 * Measures models and the baselines on one picture, in the benchmark convention: luma as `readLuma`
 * gives it (by the protocol `rgb` its red, green and blue), cropped to a multiple of `scale`,
 * degraded, enlarged again, `border` samples cut before comparing. By the protocol `y`, a network
 * of RGB gets the colours of a picture that was only made smaller, and its output's luma counts;
 * coders and noise are of luma, so it gets what they made of it as grey.
 */
export async function evaluatePicture(
  file: string,
  options: PictureEvaluationOptions,
): Promise<FileEvaluation> {
  const { scale, degradation, border, modelsFor, enlarge, protocol } = options;
  const { features, classes } = options;
  const coded = isCoded(degradation);
  const isReduced = !coded && degradation.noise === 0;
  const colours = protocol === 'rgb' || isReduced ? await readRgb(file) : null;
  const whole = protocol === 'rgb' ? colours!.planes : [await readLuma(file)];
  const { width, height } = whole[0];
  if (width < 4 * scale || height < 4 * scale) {
    throw new VsrError(
      'media',
      `Expected pictures of at least ${4 * scale}x${4 * scale} but ${file} has ${width}x${height}.`,
    );
  }
  const pairs = await degradeAll(whole, scale, degradation);
  const low = pairs.map((pair) => pair.low);
  const high = pairs.map((pair) => pair.high);
  const size = high[0]!;
  const { strength } = pairs[0]!;
  const seen = (planes: readonly Plane[]) => withoutBorder(pictureOfPlanes(planes), border);
  const looksOf = async (planes: readonly Plane[]) =>
    (await features?.looksOf(seen(planes))) ?? null;
  const classOf = async (planes: readonly Plane[]) =>
    (await classes?.classOf(seen(planes))) ?? null;
  const [truth, trueClass] = [await looksOf(high), await classOf(high)];
  const measure = async (actual: readonly Plane[]): Promise<Figures> => {
    const sums = new FigureSums(8);
    const errors = high.map((plane, i) => lumaErrors(plane, actual[i]!, 8, border));
    sums.add(joinedErrors(errors), null, null);
    const looks = await looksOf(actual);
    const distance = truth === null || looks === null ? null : featureDistance(truth, looks);
    const sameClass = trueClass === null ? null : Number((await classOf(actual)) === trueClass);
    const found = { ...sums.result(), features: distance, sameClass };
    if (protocol === 'y') return found;
    const cut = cutWithin(size, border);
    const [wanted, made] = [high, actual].map((planes) => lumaOfPlanes(planes, colours!.isGrey));
    const psnrY = psnr(wanted!, made!, 8, cut);
    return { ...found, psnrRgb: found.psnrY, psnrY };
  };
  const figures: Record<string, Figures> = {};
  const { models, networks } = await modelsFor({
    coded,
    look: async () =>
      coded
        ? { strength, isCompressed: strength >= COMPRESSED_FROM, by: 'the small picture' }
        : compressionOfStill(file),
  });
  for (const { name, chain } of models) {
    const isRgb = protocol === 'y' && chain.passes.some(({ colour }) => colour === 'rgb');
    if (!isRgb || colours === null || colours.isGrey) {
      figures[name] = await measure(await enlarge(low, chain));
      continue;
    }
    const small = await degradeAll(colours.planes, scale, degradation);
    const large = await enlarge(
      small.map((pair) => pair.low),
      chain,
    );
    figures[name] = await measure([lumaOfPlanes(large)]);
  }
  for (const [name, kernel] of Object.entries(baselines)) {
    const larger = low.map((plane) => resizePlane(plane, size.width, size.height, 8, { kernel }));
    figures[name] = await measure(larger);
  }
  const worst = Object.fromEntries(
    Object.entries(figures).map(([name, { psnrRgb, psnrY }]) => [
      name,
      { frame: 0, psnr: psnrRgb ?? psnrY },
    ]),
  );
  return { file, frames: 1, figures, worst, networks };
}

async function degradeAll(
  planes: readonly Plane[],
  scale: number,
  degradation: Degradation,
): Promise<PlanePair[]> {
  const pairs: PlanePair[] = [];
  for (const [channel, plane] of planes.entries()) {
    // Each channel has its own noise.
    const random = channel === 0 ? randomAt(1) : randomAt(1, channel);
    pairs.push(await degrade(plane, scale, degradation, random));
  }
  return pairs;
}
