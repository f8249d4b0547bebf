import type { Tell } from '../events.js';
import type { PrecisionChoice } from '../model/runtime/precision.js';
import type { ProviderName } from '../model/runtime/providers.js';
import type { ComparedPicture } from '../report/compare/compared-picture.js';
import { compareReconstructions } from '../report/compare/compare-reconstructions.js';

/** How a picture is compared with its own enlargements. */
export type ComparePictureOptions = {
  /** By how much the picture is made smaller and enlarged again; above 1. Default 2. */
  readonly scale?: number;
  /**
   * A model of the catalogue or an .onnx file (one for each pass, separated by commas). Default:
   * that of `upscale`.
   */
  readonly model?: string;
  /** The file to write: a page (.html) or a picture. Default `<picture>.compare.html`. */
  readonly output?: string;
  /** Replace a file of that name that is no page of vsr. */
  readonly overwrite?: boolean;
  /**
   * The middle of the detail that is shown enlarged, in pixels from the left and top. Default:
   * where bilinear and the model differ most.
   */
  readonly detail?: { readonly x: number; readonly y: number };
  /** Where networks run. Default `auto`: the best provider that starts. */
  readonly provider?: ProviderName | 'auto';
  /** GPU number, from 0. */
  readonly device?: number;
  /** Precision of the model, as for `upscale`. Default `auto`. */
  readonly precision?: PrecisionChoice;
  /** Stops it; it then fails with code `interrupted`. */
  readonly signal?: AbortSignal;
  /** Called with events: the beginning, and the result. */
  readonly tell?: Tell<ComparedPicture>;
};

/**
 * Takes a picture as the truth, makes it smaller, enlarges it again by bilinear, bicubic and a
 * model, and writes a page or a picture that shows them with their errors and a detail, enlarged.
 *
 * Throws VsrError: `option` for a wrong call, `media` for a file that is no picture or too small,
 * `model` for a model that cannot be used, `disk` for a file that cannot be written.
 */
export async function comparePicture(
  picture: string,
  options: ComparePictureOptions = {},
): Promise<ComparedPicture & { readonly output: string }> {
  const { scale = 2, model = 'default', overwrite = false, detail = null } = options;
  const { provider = 'auto', device = 0, precision = 'auto', signal, tell } = options;
  const output = options.output ?? `${picture}.compare.html`;
  const summary = await compareReconstructions({
    ...{ picture, output, overwrite, scale, model, detail, precision },
    provider: { name: provider, device },
    ...(signal === undefined ? {} : { signal }),
    ...(tell === undefined ? {} : { tell }),
  });
  return { output, ...summary };
}
