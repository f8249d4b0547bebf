import { badValue, VsrError } from '../../errors.js';
import { equalised } from '../../model/networks/equalise.js';
import { plainLayers } from '../../model/language/layers.js';
import type { Network, Weights } from '../../model/language/network.js';
import { calibrationOf, type SeenPicture } from '../../model/networks/quantise.js';
import type { Degradation } from './degrade.js';
import { makePicture } from './picture-job.js';
import type { PictureItem } from './picture-item.js';

/** What layers are measured on. */
export type CalibrationOptions = {
  readonly items: readonly PictureItem[];
  readonly degradation: Degradation;
  readonly seed: number;
};

/** Number of pictures that the layers are measured on. */
const pictureCount = 16;

/** The random stream of these pictures, apart from that of the pictures that are trained on. */
const calibrationStream = 0x71;

/** Low-resolution samples each way that a picture must have to be measured on. */
const least = 16;

/**
 * `network` with the steps that the layers of the float `model`, whose file is called `name`, need
 * in 8 bits, and that model's `weights` with channels brought nearer to each other (see
 * `equalised`), measured on 16 of the training pictures: the same ones for the same call. Throws
 * VsrError `option` for a model with other layers, `media` where no picture can be used.
 */
export async function calibrated(
  network: Network,
  weights: Weights,
  model: Uint8Array,
  name: string,
  { items, degradation, seed }: CalibrationOptions,
): Promise<{ readonly network: Network; readonly initial: Weights }> {
  const stride = Math.max(1, Math.floor(items.length / pictureCount));
  const pictures: SeenPicture[] = [];
  for (let i = 0; i < items.length && pictures.length < pictureCount; i += stride) {
    const place = [seed, calibrationStream, i];
    const made = await makePicture({
      ...{ ...items[i]!, scale: network.scale, colour: 'luma', degradation, place, least },
    });
    if ('picture' in made) {
      pictures.push({ plane: made.picture.low[0]!, strength: made.picture.strength });
    }
  }
  if (pictures.length === 0) {
    throw new VsrError(
      'media',
      `None of the training pictures tried could be used to measure the layers of ${name} for 8 bits: each is unreadable or smaller than ${least * network.scale}x${least * network.scale}.`,
    );
  }
  const { layers, steps, factors } = await calibrationOf(model, pictures, name);
  const wanted = plainLayers(network).length;
  if (layers !== wanted) {
    throw badValue(
      `a float model of ${wanted} layers, as are trained`,
      '--from for --int8',
      `${name} of ${layers}`,
    );
  }
  return {
    network: { ...network, activationSteps: steps },
    initial: equalised(network, weights, factors),
  };
}
