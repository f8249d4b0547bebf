import path from 'node:path';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { VsrError, messageOf } from '../errors.js';
import { FramePool, planeOf, type Frame } from '../planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../planes/pixel-format.js';
import { openPlainFile } from './input-file.js';
import type { Announcement } from './stream-plan.js';
import { rgbOfYcc, yccOfRgb } from './ycc.js';

/** Picture formats that are read and written, by file ending. */
const formats: Readonly<Record<string, 'png' | 'jpeg' | 'webp' | 'tiff'>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** A picture that was looked at, but not yet decoded. */
export type Still = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly format: string;
  /**
   * How it travels: grey as 8-bit luma, colour as full-range BT.601 YCbCr 4:4:4 in 12 bit, so that
   * 8-bit RGB comes back from it unchanged.
   */
  readonly layout: FrameLayout;
  /** What of it the enlarged picture will not have. */
  readonly losses: readonly Announcement[];
};

async function open(file: string, strict: boolean): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  // The profile is carried along, not applied: the samples stay the file's own.
  const options: SharpOptions = { ignoreIcc: true, failOn: strict ? 'truncated' : 'none' };
  return sharp(file, options);
}

function isGrey(metadata: Metadata): boolean {
  return metadata.space === 'b-w' || metadata.space === 'grey16';
}

/** Looks at a picture. Throws VsrError `media` for a missing, empty or damaged file, or one that is none. */
export async function probeStill(file: string): Promise<Still> {
  const { path: full, sizeBytes } = await openPlainFile(file);
  const metadata = await (await open(full, true)).metadata().catch((cause: unknown) => {
    throw new VsrError('media', `${file} cannot be read as a picture: ${firstLine(cause)}.`, {
      cause,
    });
  });
  const { width, height } = metadata;
  const alpha = metadata.hasAlpha;
  const name = isGrey(metadata) && !alpha ? 'gray' : alpha ? 'yuva444p12le' : 'yuv444p12le';
  const losses: Announcement[] = [];
  if (metadata.depth !== 'uchar') {
    losses.push({
      kind: 'converted',
      what: `${metadata.depth} samples`,
      why: 'pictures are written with 8 bits a sample',
    });
  }
  if (metadata.space === 'cmyk') {
    losses.push({ kind: 'converted', what: 'CMYK', why: 'it is enlarged as RGB' });
  }
  if ((metadata.pages ?? 1) > 1) {
    losses.push({
      kind: 'missing',
      what: `${metadata.pages! - 1} of ${metadata.pages} pages`,
      why: 'only the first is enlarged',
    });
  }
  return {
    path: full,
    sizeBytes,
    format: metadata.format,
    layout: frameLayout(pixelFormats.get(name)!, width, height),
    losses,
  };
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0]!.replace(/\.$/, '');
}

/** Decodes a picture into a frame of its layout. Throws VsrError `media` where it breaks off, unless `allowTruncated`. */
export async function readStill(still: Still, allowTruncated: boolean): Promise<Frame> {
  const { layout } = still;
  const grey = layout.format.chroma === null;
  const image = await open(still.path, !allowTruncated);
  const { data, info } = await image
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new VsrError(
        'media',
        `${still.path} is damaged or cut off: ${firstLine(cause)}. Keep what decodes with --allow-truncated.`,
        { cause },
      );
    });
  const frame = new FramePool(layout).take(0, 0);
  if (grey) {
    const luma = planeOf(frame.data, layout, 0).data;
    for (let i = 0; i < luma.length; i++) luma[i] = data[i * info.channels]!;
  } else {
    yccOfRgb(data, info.channels, frame.data, layout);
  }
  return frame;
}

/** Whether a picture can be written under this name. */
export function canWriteStill(file: string): boolean {
  return formats[path.extname(file).toLowerCase()] !== undefined;
}

/**
 * Writes an enlarged frame as a picture of the format that `as`'s ending names, with the ICC profile
 * and the EXIF data of `still`. WebP and TIFF are written without loss; JPEG at quality 95, 4:4:4.
 */
export async function writeStill(
  still: Still,
  frame: Frame,
  layout: FrameLayout,
  file: string,
  as: string,
): Promise<void> {
  const { width, height, format } = layout;
  const grey = format.chroma === null;
  const raw = { width, height, channels: grey ? (1 as const) : (3 as const) };
  const samples = grey ? Buffer.from(frame.data) : rgbOfYcc(frame.data, layout);
  // The source itself, blackened and or-ed with the new samples: so that its metadata rides along as it is.
  let image = (await open(still.path, false))
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .removeAlpha()
    .linear(0, 0)
    .boolean(samples, 'or', { raw })
    .toColourspace(grey ? 'b-w' : 'srgb')
    .keepIccProfile()
    .keepExif();
  if (format.alpha) {
    const opacity = planeOf(frame.data, layout, 3).data;
    const alpha = Buffer.from(opacity.map((value) => Math.round((value * 255) / 4095)));
    image = image.joinChannel(alpha, { raw: { width, height, channels: 1 } });
  }
  const target = formats[path.extname(as).toLowerCase()];
  if (target === 'jpeg') image = image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  else if (target === 'webp') image = image.webp({ lossless: true });
  else if (target === 'tiff') image = image.tiff({ compression: 'deflate' });
  else image = image.png();
  await image.toFile(file).catch((cause: unknown) => {
    throw new VsrError('disk', `${as} cannot be written: ${firstLine(cause)}.`, { cause });
  });
}
