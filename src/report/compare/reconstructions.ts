import { badValue, VsrError } from '../../errors.js';
import { lossless } from '../../media/compression/compression.js';
import { psnrOfMse } from '../../metrics/psnr.js';
import type { PrecisionChoice } from '../../model/runtime/precision.js';
import type { ProviderChoice } from '../../model/runtime/providers.js';
import type { Plane } from '../../planes/plane.js';
import { type ResizeKernel, resizePlane } from '../../planes/resize.js';
import { reduced } from '../../training/pictures/degrade.js';
import { cropPlane } from '../../planes/crop-plane.js';
import { modelsToMeasure } from '../evaluate/measured-models.js';
import { enlargeColours } from '../evaluate/picture-enlarger.js';
import { pictureOfPlanes, planesOfPicture, type RgbPicture } from '../rgb-picture.js';
import { rgbError } from './compare-pictures.js';

/** How a picture is made smaller, and what enlarges it again. */
export type Reconstructing = {
  /** Above 1. */
  readonly scale: number;
  /** A model of the catalogue, `default`, or ONNX files, one for each pass. */
  readonly model: string;
  readonly provider: ProviderChoice;
  readonly precision: PrecisionChoice;
  readonly signal?: AbortSignal;
};

/** A picture that was enlarged, and how far it is from the true one, by red, green and blue. */
export type Reconstruction = {
  /** `bilinear`, `bicubic`, or the names of the models. */
  readonly by: string;
  readonly picture: RgbPicture;
  /** Root of the mean squared error over the three channels, of 255. */
  readonly rmse: number;
  /** Decibels, of the same mean squared error. */
  readonly psnr: number;
};

/** A true picture, and what becomes of it when it is made smaller and enlarged again. */
export type Reconstructions = {
  /** The picture, cropped to what the scale makes whole. */
  readonly truth: RgbPicture;
  readonly small: { readonly width: number; readonly height: number };
  readonly bilinear: Reconstruction;
  readonly bicubic: Reconstruction;
  readonly ours: Reconstruction;
};

/**
 * Makes a picture smaller by antialiased bicubic, enlarges it again by bilinear, bicubic and a
 * model, and measures how far each is from the picture. Throws VsrError: `option` for a scale that
 * leaves it as it is or that the model does not make, `media` for a picture that is too small.
 */
export async function reconstruct(
  file: string,
  picture: RgbPicture,
  how: Reconstructing,
): Promise<Reconstructions> {
  const { scale, signal } = how;
  if (scale === 1) {
    throw badValue('an enlargement above 1', 'scale', scale, 'At 1 nothing is made smaller.');
  }
  if (how.model === 'none') {
    throw badValue('the name of a model or an ONNX file', 'model', how.model);
  }
  const source = { coded: true, look: () => Promise.resolve(lossless) };
  const { models, networks } = await modelsToMeasure(how, source);
  const { name, chain } = models.find((each) => networks[each.name]!.runs)!;
  const least = Math.ceil(4 * scale);
  const { width, height } = picture;
  if (width < least || height < least) {
    throw new VsrError(
      'media',
      `Expected a picture of at least ${least}x${least} but ${file} has ${width}x${height}.`,
    );
  }
  const small = { width: reduced(width, scale), height: reduced(height, scale) };
  const size = { width: small.width * scale, height: small.height * scale };
  const high = planesOfPicture(picture).map((plane) =>
    cropPlane(plane, 0, 0, size.width, size.height),
  );
  const low = high.map((plane) => resizePlane(plane, small.width, small.height));
  const truth = pictureOfPlanes(high);
  const measured = (by: string, planes: readonly Plane[]): Reconstruction => {
    const made = pictureOfPlanes(planes);
    const error = rgbError(truth, made);
    return { by, picture: made, rmse: Math.sqrt(error), psnr: psnrOfMse(error) };
  };
  const plain = (kernel: ResizeKernel): Plane[] =>
    low.map((plane) => resizePlane(plane, size.width, size.height, 8, { kernel }));
  const { provider, precision } = how;
  const larger = await enlargeColours(low, chain, { provider, precision, signal });
  return {
    ...{ truth, small },
    bilinear: measured('bilinear', plain('bilinear')),
    bicubic: measured('bicubic', plain('bicubic')),
    ours: measured(name, larger),
  };
}
