import { writeFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { VsrError, messageOf } from '../../errors.js';
import type { Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { spaceOf, type Still } from './still.js';
import { fromFrame } from './still-colour.js';
import { writerOf } from './still-format.js';
import { intoJpeg, intoPng, intoTiff, intoWebp } from './still-metadata.js';

function encoded(picture: Sharp, kind: 'png' | 'jpeg' | 'webp' | 'tiff', still: Still): Sharp {
  const lossless = still.format === 'png' || still.format === 'tiff';
  const { density } = still.metadata;
  switch (kind) {
    case 'png':
      return picture.png({ compressionLevel: 9 });
    case 'jpeg':
      return picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
    case 'webp':
      return picture.webp(lossless ? { lossless, exact: true } : { quality: 95 });
    case 'tiff':
      return picture.tiff({
        ...{ compression: 'deflate', predictor: 'horizontal' },
        // sharp takes pixels per millimetre.
        ...(density === null ? {} : { xres: density / 25.4, yres: density / 25.4 }),
        resolutionUnit: 'inch',
      });
  }
}

/**
 * Writes an enlarged `frame` of `layout` to `draft`, with the metadata of `still`. The name of
 * `output` (default: `draft`) decides the format. A grey picture stays grey.
 *
 * Throws `VsrError('option')` for a name with another ending and for alpha in JPEG,
 * `VsrError('disk')` where the file cannot be written.
 */
export async function writeStill(
  still: Still,
  frame: Frame,
  layout: FrameLayout,
  draft: string,
  output: string = draft,
): Promise<void> {
  const kind = writerOf(output);
  if (kind === null) throw new VsrError('option', `Pictures cannot be written as ${output}.`);
  if (kind === 'jpeg' && still.alpha) {
    throw new VsrError(
      'option',
      `${still.path} is transparent and JPEG is not: choose .png, .webp or .tif for ${output}.`,
    );
  }
  const { default: sharp } = await import('sharp');
  const deep = still.deep && (kind === 'png' || kind === 'tiff');
  const channels = ((still.grey ? 1 : 3) + (still.alpha ? 1 : 0)) as 1 | 2 | 3 | 4;
  const { data } = fromFrame(frame.data, layout, channels, deep ? 65535 : 255);
  const { width, height } = layout;
  const space = spaceOf(still.grey, deep);
  const picture = sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .pipelineColourspace(deep ? space : 'srgb')
    .toColourspace(space);
  try {
    const bytes = await encoded(picture, kind, still).toBuffer();
    await writeFile(draft, withMetadata(bytes, kind, still, width, height));
  } catch (error) {
    const message = `${output} cannot be written: ${messageOf(error)}.`;
    throw new VsrError('disk', message, { cause: error });
  }
}

function withMetadata(
  bytes: Buffer,
  kind: 'png' | 'jpeg' | 'webp' | 'tiff',
  still: Still,
  width: number,
  height: number,
): Buffer {
  const { metadata, alpha } = still;
  switch (kind) {
    case 'png':
      return intoPng(bytes, metadata);
    case 'jpeg':
      return intoJpeg(bytes, metadata);
    case 'webp':
      return intoWebp(bytes, metadata, { width, height, alpha });
    case 'tiff':
      return intoTiff(bytes, metadata);
  }
}
