import { ratioOf } from '../../model/language/ratio.js';
import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { codeFrames } from '../../media/frames/code-frames.js';
import type { Source } from '../../media/source/source.js';
import { cropFrame } from '../../planes/crop-frame.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';

/** A frame's bytes and their layout. */
export type Sized = { readonly data: Uint8Array; readonly layout: FrameLayout };

/**
 * The largest size within the clip that is a multiple of the scale, in luma and in chroma. Throws
 * VsrError `media` for clips that are too small.
 */
export function croppedLayout(source: Source, scale: number): FrameLayout {
  const { width, height, format } = source.video;
  const { num } = ratioOf(scale);
  const across = num << (format.chroma?.log2X ?? 0);
  const down = num << (format.chroma?.log2Y ?? 0);
  const layout = frameLayout(
    format,
    Math.floor(width / across) * across,
    Math.floor(height / down) * down,
  );
  if (layout.width < 4 * scale || layout.height < 4 * scale) {
    throw new VsrError(
      'media',
      `Expected clips of at least ${4 * scale}x${4 * scale} but ${source.path} has ${width}x${height}.`,
    );
  }
  return layout;
}

/** The clip's frames, cropped to `layout`; at most `most`. */
export async function* croppedFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  layout: FrameLayout,
  most: number,
): AsyncGenerator<Sized> {
  const decoded = decodeFrames(ffmpeg, source, Number.isFinite(most) ? { maxFrames: most } : {});
  for await (const frame of decoded) {
    const cropped = cropFrame(frame.data, decoded.layout, layout.width, layout.height);
    decoded.release(frame);
    yield cropped;
  }
}

/** Writes the reduced clip, coded by x264, into `file`, for `--degrade codec`. */
export async function codeReduced(
  ffmpeg: Ffmpeg,
  source: Source,
  { high, low }: { readonly high: FrameLayout; readonly low: FrameLayout },
  { crf, frames }: { readonly crf: number; readonly frames: number },
  file: string,
): Promise<void> {
  const siting = source.video.colour.siting ?? 'left';
  async function* reduced(): AsyncGenerator<Uint8Array> {
    for await (const { data } of croppedFrames(ffmpeg, source, high, frames)) {
      yield resizeFrame(data, high, low, { siting }).data;
    }
  }
  await codeFrames(ffmpeg, reduced(), { layout: low, crf, of: source.path }, file);
}
