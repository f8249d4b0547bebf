import { badValue, VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { isReport, isReportName } from '../../files/marks.js';
import { openPlace } from '../../files/place.js';
import { isOneOf } from '../../files/place-key.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { isImageName } from '../../media/still/luma-image.js';
import { version } from '../../version.js';
import { blindPage } from './blind-page.js';
import { placesOfClips, placesOfPictures } from './places.js';

/** What is judged, and where the page is written. */
export type BlindRequest = {
  /** Two or three pictures or clips that were made from one source. */
  readonly methods: readonly string[];
  /** The original, of their size. */
  readonly reference: string;
  /** The page, ending in .html. */
  readonly output: string;
  /** Replace a file of that name that is no page of vsr. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  /** Called with events on the page: its beginning, and what it asks. */
  readonly tell?: Tell<BlindTest>;
};

/** The contents of a blind test's page. */
export type BlindTest = {
  readonly methods: readonly string[];
  readonly reference: string;
  /** Parts and frames that are shown. */
  readonly places: number;
  /** Pairs that are asked about: each two methods at each place. */
  readonly questions: number;
};

/**
 * Makes one self-contained page that shows two or three methods in pairs beside the original, the
 * names hidden until the end, and asks which is closer.
 *
 * Throws VsrError: `option` for a wrong call, `media` for files that cannot be read or do not go
 * together, `disk` for a page that cannot be written.
 */
export async function makeBlindTest(
  ffmpeg: () => Promise<Ffmpeg>,
  request: BlindRequest,
): Promise<BlindTest> {
  const { methods, reference, output, overwrite, signal, tell = () => {} } = request;
  if (!isReportName(output)) throw badValue('a name ending in .html', 'output', output);
  for (const [i, file] of methods.entries()) {
    if (await isOneOf(file, methods.slice(0, i))) {
      throw new VsrError(
        'option',
        `Expected different files to choose between but ${file} is named twice.`,
      );
    }
  }
  const inputs = [...methods, reference];
  const place = await openPlace({
    ...{ what: 'page', file: output, inputs, overwrite, isOurs: isReport },
    otherName: 'with -o',
  });
  const stills = inputs.filter(isImageName).length;
  if (stills > 0 && stills < inputs.length) {
    throw new VsrError('media', 'Expected clips alone or pictures alone but received both.');
  }
  const name = methods.join(' | ');
  tell({ event: 'start', command: 'compare', vsr: version(), clips: [name] });
  const places =
    stills > 0
      ? await placesOfPictures(request)
      : await placesOfClips(await ffmpeg(), request, signal);
  await place.write(blindPage({ methods, reference, places }));
  const questions = (places.length * methods.length * (methods.length - 1)) / 2;
  const summary = { methods, reference, places: places.length, questions };
  tell({ event: 'done', clip: name, status: 'done', output, summary });
  return summary;
}
