import { readLuma } from '../../media/still/luma-image.js';
import type { Strength } from '../../media/compression/strength.js';
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

/**
 * Measures models and the baselines on one picture, in the benchmark convention: luma as `readLuma`
 * gives it, cropped to a multiple of `scale`, degraded, enlarged again, `border` samples cut before
 * comparing.
 */
export async function evaluatePicture(
  file: string,
  models: readonly {
    readonly name: string;
    readonly enlarge: (plane: Plane, strength: Strength) => Promise<Plane>;
  }[],
  scale: number,
  degradation: Degradation,
  border: number,
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
  for (const { name, enlarge } of models) figures[name] = measure(await enlarge(low, strength));
  for (const [name, kernel] of Object.entries(baselines)) {
    figures[name] = measure(resizePlane(low, high.width, high.height, 8, { kernel }));
  }
  const worst = Object.fromEntries(
    Object.entries(figures).map(([name, { psnrY }]) => [name, { frame: 0, psnr: psnrY }]),
  );
  return { file, frames: 1, figures, worst };
}
