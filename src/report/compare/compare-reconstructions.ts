import { badValue, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { isReport, isReportName } from '../../files/marks.js';
import { openPlace } from '../../files/place.js';
import { isImageName } from '../../media/still/luma-image.js';
import { version } from '../../version.js';
import { readRgb, writeRgb } from './compare-pictures.js';
import type { ComparedPicture, ReconstructionFigures } from './compared-picture.js';
import { detailOf, type Place, zoomOf } from './detail.js';
import { reconstruct, type Reconstructing, type Reconstruction } from './reconstructions.js';
import { reconstructionPage } from './reconstruction-page.js';
import { reconstructionSheet } from './reconstruction-sheet.js';

/** The picture that is compared with its own enlargements, and the file to write. */
export type ReconstructionRequest = Reconstructing & {
  readonly picture: string;
  /** A page, ending in .html, or a picture. */
  readonly output: string;
  /** Replace a file of that name that is no page of vsr. */
  readonly overwrite: boolean;
  /** The middle of the detail; `null` for the place where bilinear and ours differ most. */
  readonly detail: Place | null;
  /** Called with events: the beginning, and the result. */
  readonly tell?: Tell<ComparedPicture>;
};

/** Endings of the pictures that can be written. */
const endings = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff'];

function figuresOf({ by, rmse, psnr }: Reconstruction): ReconstructionFigures {
  return { by, rmse, psnr };
}

/**
 * Makes a picture smaller, enlarges it again by bilinear, bicubic and a model, measures how far
 * each is from the picture, and writes a page or a picture that shows them.
 *
 * Throws VsrError: `option` for a wrong call, `media` for a file that is no picture or too small,
 * `model` for a model that cannot be used, `disk` for a file that cannot be written.
 */
export async function compareReconstructions(
  request: ReconstructionRequest,
): Promise<ComparedPicture> {
  const { picture, output, overwrite, scale, tell = () => {} } = request;
  if (!isImageName(picture)) {
    throw new VsrError(
      'media',
      `Expected a picture to compare with its own enlargements but received ${picture} alone. Name two clips, or see vsr preview.`,
    );
  }
  const isPage = isReportName(output);
  if (!isPage && !endings.some((ending) => output.toLowerCase().endsWith(ending))) {
    throw badValue(`a name ending in .html, ${endings.join(', ')}`, 'output', output);
  }
  const place = await openPlace({
    ...{ what: isPage ? 'page' : 'output', file: output, inputs: [picture], overwrite },
    ...(isPage ? { isOurs: isReport } : {}),
    otherName: 'with -o',
  });
  tell({ event: 'start', command: 'compare', vsr: version(), clips: [picture] });
  const source = await readRgb(picture);
  const made = await reconstruct(picture, source, request);
  const part = detailOf(made, request.detail);
  const { width, height } = made.truth;
  const summary: ComparedPicture = {
    ...{ picture, scale, width, height, small: made.small },
    source: { width: source.width, height: source.height },
    figures: [made.bilinear, made.bicubic, made.ours].map(figuresOf),
    detail: { ...part, zoom: zoomOf(part), isChosen: request.detail === null },
  };
  if (isPage) await place.write(await reconstructionPage(made, summary));
  else await writeRgb(await reconstructionSheet(made, summary), place);
  tell({ event: 'done', clip: picture, status: 'done', output, summary });
  return summary;
}
