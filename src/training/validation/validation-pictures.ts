import type { PictureJob } from '../pictures/picture-job.js';
import type { PicturePool } from '../pictures/picture-pool.js';
import { type Picture, type SharedPlane, sharePlane } from '../pictures/picture.js';
import { ratioOf } from '../../model/language/ratio.js';
import type { PictureItem } from '../pictures/picture-item.js';
import { cropPlane } from '../../planes/crop-plane.js';
import type { TrainPlan } from '../plan/plan.js';

/**
 * The largest number of validation pictures, and of test pictures in memory at once; and the
 * largest side, in low-resolution samples, of the part used of each, so that a validation stays
 * quick.
 */
const mostPictures = 24;
const mostSamples = 256;

/** The random streams of these pictures, apart from all others. */
const validationStream = 0x76;
const testStream = 0x74;

/** The middles of the validation pictures, the same in every run of a plan. */
export async function validationPictures(plan: TrainPlan, pool: PicturePool): Promise<Picture[]> {
  return middlesOf(plan, pool, plan.validation.slice(0, mostPictures), [validationStream, 0]);
}

/**
 * The middles of all test pictures, the same in every run of a plan, a few in memory at once. None
 * is stretched to full range: that would change the PSNR, which is to be that of `vsr evaluate`.
 */
export async function* testPictures(
  plan: TrainPlan,
  pool: PicturePool,
): AsyncGenerator<readonly Picture[]> {
  for (let from = 0; from < plan.test.length; from += mostPictures) {
    const some = plan.test.slice(from, from + mostPictures);
    const degradation = { ...plan.degradation, fullRange: 0 };
    yield await middlesOf({ ...plan, degradation }, pool, some, [testStream, from]);
  }
}

/** The middles of the pictures of `items`; item n has the random stream `stream`, `first` + n. */
async function middlesOf(
  plan: TrainPlan,
  pool: PicturePool,
  items: readonly PictureItem[],
  [stream, first]: readonly [number, number],
): Promise<Picture[]> {
  const { scale, colour } = plan.network;
  const jobs = items.map((item, n): PictureJob => ({
    ...{ ...item, scale, colour, degradation: plan.degradation },
    place: [plan.seed, stream, first + n],
    least: plan.patch,
  }));
  const pictures: Picture[] = [];
  for await (const result of pool.make(jobs)) {
    if ('skipped' in result) continue;
    const { name, low, high, strength } = result.picture;
    const [{ width: lowWidth, height: lowHeight }] = low as readonly [SharedPlane];
    const width = Math.min(lowWidth, mostSamples);
    const height = Math.min(lowHeight, mostSamples);
    // Only places where a low-resolution sample and a sample of the larger picture begin together.
    const { den } = ratioOf(scale);
    const margin = (extent: number, kept: number) => Math.floor((extent - kept) / 2 / den) * den;
    const left = margin(lowWidth, width);
    const top = margin(lowHeight, height);
    const highPart = (plane: SharedPlane) =>
      sharePlane(cropPlane(plane, left * scale, top * scale, width * scale, height * scale));
    pictures.push({
      ...{ name, strength },
      low: low.map((plane) => sharePlane(cropPlane(plane, left, top, width, height))),
      high: high.map(highPart),
    });
  }
  return pictures;
}
