import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import { isReport, isReportName } from '../../files/marks.js';
import { openPlace } from '../../files/place.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { findInputs, looksLikeStill, type Input } from '../../upscale/plan/inputs.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import { checkSequences, withGathered } from '../../upscale/sequence-inputs.js';
import { checkOptions } from '../../upscale/plan/settings.js';
import { type ClipPreview, previewClip, type PreviewedWay } from './preview-clip.js';
import { enlargeMotion, type Motion, motionSpan } from './motion.js';
import { previewPage } from './preview-page.js';

/** How clips are enlarged: options of `upscale`. */
type Enlarging = Pick<
  UpscaleOptions,
  | 'scale'
  | 'quality'
  | 'codec'
  | 'encoder'
  | 'crf'
  | 'preset'
  | 'provider'
  | 'device'
  | 'precision'
  | 'workers'
  | 'mask'
  | 'start'
  | 'end'
  | 'fps'
  | 'recursive'
  | 'ffmpeg'
  | 'ffprobe'
  | 'signal'
>;

/** What a preview shows, and where it goes. */
export type PreviewOptions = Enlarging & {
  /**
   * Models to show; default: what `upscale` would take with `quality`, the next better and the next
   * faster.
   */
  readonly models?: readonly string[];
  /** Frames to show of each clip, at most. Default 5. */
  readonly frames?: number;
  /** Times to show instead, in seconds after the beginning. */
  readonly at?: readonly number[];
  /** Seconds of each clip that are enlarged whole, to see motion; 1 to 60. Default none. */
  readonly clip?: number;
  /** The page, ending in .html. Default `<clip>.preview.html`, of several `vsr-preview.html`. */
  readonly page?: string;
  /** Replace a file of that name that is no page of vsr. */
  readonly overwrite?: boolean;
};

/** What a page says about a clip, without its pictures. */
export type PreviewedClip = Pick<
  ClipPreview,
  'clip' | 'output' | 'size' | 'encoder' | 'reason' | 'threads' | 'frameCount' | 'bytes' | 'notes'
> & {
  readonly ways: readonly PreviewedWay[];
  /** Times of the frames shown, in seconds after the beginning. */
  readonly times: readonly number[];
};

/** The result of a preview: the page's path, and what it says. */
export type Preview = { readonly page: string; readonly clips: readonly PreviewedClip[] };

const defaultFrames = 5;
const mostFrames = 24;
/** Seconds in motion at most, since the page holds all of them. */
const longestMotion = 60;

function checkCall({ frames, at, clip, models, quality }: PreviewOptions): void {
  if (models !== undefined && quality !== undefined) {
    throw badValue('either a quality or models, not both,', 'quality', quality);
  }
  if (clip !== undefined && !(clip >= 1 && clip <= longestMotion)) {
    throw badValue(`seconds from 1 to ${longestMotion}`, 'clip', clip);
  }
  if (frames !== undefined && at !== undefined) {
    throw new VsrError('option', 'Expected either --frames or --at, not both.');
  }
  if (
    frames !== undefined &&
    !(Number.isSafeInteger(frames) && frames >= 1 && frames <= mostFrames)
  ) {
    throw badValue(`a whole number from 1 to ${mostFrames}`, 'frames', frames);
  }
  if (at !== undefined && (at.length === 0 || at.length > mostFrames)) {
    throw badValue(`1 to ${mostFrames} times`, 'at', at.length);
  }
}

/**
 * Makes one self-contained page that shows, before anything is enlarged, how it would look: a few
 * telling frames by bicubic and by several models, how long each would take, how large the output
 * would be, and what would be lost.
 *
 * Throws VsrError: `option` for a wrong call, `media` for clips that cannot be shown, `disk` for a
 * page that cannot be written, `interrupted` once `signal` fires.
 */
export async function preview(
  inputs: string | readonly string[],
  options: PreviewOptions = {},
): Promise<Preview> {
  checkCall(options);
  const { models, frames = defaultFrames, at = [], page: named, overwrite, ...others } = options;
  const { clip: motionSeconds, ...enlarging } = others;
  const settings = checkOptions({ ...enlarging, log: false });
  const words = typeof inputs === 'string' ? [inputs] : inputs;
  const { inputs: found } = await findInputs(
    words,
    settings.recursive,
    false,
    settings.fps !== null,
  );
  checkSequences(found, settings, true);
  const pictures = found.filter(
    ({ path: file, sequence }) => sequence === undefined && looksLikeStill(file),
  );
  const clips = found.filter((input) => !pictures.includes(input));
  const first = clips[0];
  if (first === undefined) {
    throw new VsrError(
      'media',
      `Expected clips but ${words.join(', ')} holds pictures alone: vsr upscale enlarges them at once.`,
    );
  }
  const page =
    named ??
    (clips.length === 1
      ? `${first.sequence === undefined ? first.path : path.dirname(first.path)}.preview.html`
      : path.join(path.dirname(first.path), 'vsr-preview.html'));
  if (!isReportName(page)) throw badValue('a name ending in .html', 'output', page);
  const place = await openPlace({
    ...{
      what: 'preview',
      file: page,
      inputs: [
        ...clips.map((input) => input.path),
        ...(settings.mask === null ? [] : [settings.mask]),
      ],
    },
    ...{ overwrite: overwrite ?? false, otherName: 'with -o', isOurs: isReport },
  });
  const ffmpeg = await locateFfmpeg({
    ffmpeg: settings.ffmpeg ?? undefined,
    ffprobe: settings.ffprobe ?? undefined,
  });
  const signal = options.signal ?? new AbortController().signal;
  const wish = { frames, at, start: settings.start, end: settings.end };
  const shown: ClipPreview[] = [];
  const motionOf = async ({ input }: { readonly input: Input }): Promise<Motion | null> => {
    if (motionSeconds === undefined) return null;
    const { duration } = await probeInput(ffmpeg, input, settings, signal);
    const span = motionSpan(motionSeconds, { ...wish, duration });
    const { recursive, ...same } = enlarging;
    void recursive;
    const model = models?.[0];
    const told = { ...same, signal, ...(model === undefined ? {} : { model }) };
    return enlargeMotion(input.path, span, told);
  };
  for (const input of clips) {
    const request = { ffmpeg, input, settings, models: models ?? null, wish, signal };
    const seen = await withGathered(request, async (gathered) => ({
      ...(await previewClip(gathered)),
      motion: await motionOf(gathered),
    }));
    shown.push(seen);
  }
  await place.write(await previewPage(shown));
  return { page, clips: shown.map(factsOf) };
}

function factsOf(clip: ClipPreview): PreviewedClip {
  const { output, size, encoder, reason, threads, frameCount, bytes, notes, ways, frames } = clip;
  return {
    ...{ clip: clip.clip, output, size, encoder, reason, threads, frameCount, bytes, notes, ways },
    times: frames.map(({ time }) => time),
  };
}
