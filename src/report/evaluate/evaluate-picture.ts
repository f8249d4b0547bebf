import { readLuma } from '../../media/still/luma-image.js';
import { COMPRESSED_FROM, compressionOfStill } from '../../media/compression/compression.js';
import type { Chain } from '../../model/catalogue/chain.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { degrade, type Degradation } from '../../training/pictures/degrade.js';
import { randomAt } from '../../training/base/random.js';
import { VsrError } from '../../errors.js';
import {
  FigureSums,
  baselines,
  lumaErrors,
  type FileEvaluation,
  type Figures,
} from './evaluation.js';
import type { MeasuredModels, MeasuredSource } from './measured-models.js';

/** How a picture is measured. */
export type PictureEvaluationOptions = {
  readonly scale: number;
  readonly degradation: Degradation;
  /** Samples cut on every side before comparing. */
  readonly border: number;
  readonly modelsFor: (source: MeasuredSource) => Promise<MeasuredModels>;
  readonly enlarge: (plane: Plane, chain: Chain) => Promise<Plane>;
};

/**
 * Measures models and the baselines on one picture, in the benchmark convention: luma as `readLuma`
 * gives it, cropped to a multiple of `scale`, degraded, enlarged again, `border` samples cut before
 * comparing.
 */
export async function evaluatePicture(
  file: string,
  { scale, degradation, border, modelsFor, enlarge }: PictureEvaluationOptions,
): Promise<FileEvaluation> {
  const whole = await readLuma(file);
  if (whole.width < 4 * scale || whole.height < 4 * scale) {
    throw new VsrError(
      'media',
      `Expected pictures of at least ${4 * scale}x${4 * scale} but ${file} has ${whole.width}x${whole.height}.`,
    );
  }
  const { low, high, strength } = await degrade(whole, scale, degradation, randomAt(1));
  const measure = (actual: typeof high): Figures => {
    const sums = new FigureSums(8);
    sums.add(lumaErrors(high, actual, 8, border), null, null);
    return sums.result();
  };
  const figures: Record<string, Figures> = {};
  const coded = degradation.kind === 'codec' || degradation.kind === 'codecs';
  const { models, networks } = await modelsFor({
    coded,
    look: async () =>
      coded
        ? { strength, isCompressed: strength >= COMPRESSED_FROM, by: 'the small picture' }
        : compressionOfStill(file),
  });
  for (const { name, chain } of models) figures[name] = measure(await enlarge(low, chain));
  for (const [name, kernel] of Object.entries(baselines)) {
    figures[name] = measure(resizePlane(low, high.width, high.height, 8, { kernel }));
  }
  const worst = Object.fromEntries(
    Object.entries(figures).map(([name, { psnrY }]) => [name, { frame: 0, psnr: psnrY }]),
  );
  return { file, frames: 1, figures, worst, networks };
}
