import type { PictureJob } from '../pictures/picture-job.js';
import type { PicturePool } from '../pictures/picture-pool.js';
import { type Picture, type SharedPlane, sharePlane } from '../pictures/picture.js';
import { ratioOf } from '../../model/language/ratio.js';
import { cropPlane } from '../pictures/plane-pair.js';
import type { TrainPlan } from '../plan/plan.js';

/**
 * Validation pictures at most, and low-resolution samples each way that are used of each: it must
 * stay quick.
 */
const mostPictures = 24;
const mostSamples = 256;

/** Where the random numbers of validation pictures come from, apart from all others. */
const validationStream = 0x76;

/** The middles of the validation pictures, the same in every run of a plan. */
export async function validationPictures(plan: TrainPlan, pool: PicturePool): Promise<Picture[]> {
  const { scale, colour } = plan.network;
  const chosen = plan.validation.slice(0, mostPictures);
  const jobs = chosen.map((item, n): PictureJob => ({
    ...{ ...item, scale, colour, degradation: plan.degradation },
    place: [plan.seed, validationStream, n],
    least: plan.patch,
  }));
  const pictures: Picture[] = [];
  for await (const result of pool.make(jobs)) {
    if ('skipped' in result) continue;
    const { name, low, high, strength } = result.picture;
    const [{ width: lowWidth, height: lowHeight }] = low as readonly [SharedPlane];
    const width = Math.min(lowWidth, mostSamples);
    const height = Math.min(lowHeight, mostSamples);
    // Where the larger picture has a sample that begins with one of these.
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
