import path from 'node:path';
import type { Metadata } from 'sharp';
import { VsrError, messageOf } from '../../errors.js';
import type { Frame } from '../../planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../../planes/pixel-format.js';
import { openPlainFile } from '../source/input-file.js';
import { toFrame, type Samples } from './still-colour.js';
import { whyNoPicture } from './kind-by-content.js';
import { densityOf, kindOf, readable, writerOf } from './still-format.js';
import { dataFault, readableInput } from './still-damage.js';
import { stillFault, unreadableFault } from './still-ends.js';
import { plainExif, turnedExif, type StillMetadata } from './still-metadata.js';
import type { Announcement } from '../output/stream-plan.js';

/** A still picture that was looked at and not yet decoded. */
export type Still = {
  /** Absolute path. */
  readonly path: string;
  /** sharp's name of its format, e.g. `png`. */
  readonly format: string;
  /**
   * How its frame lies, full range: grey in `gray`; colour in BT.601 Y'CbCr 4:4:4 of 10 bit, enough
   * for 8-bit RGB to come back to the last bit; 16-bit pictures in 12 bit; grey with alpha has
   * chroma too.
   */
  readonly layout: FrameLayout;
  /** One channel of samples, apart from alpha. */
  readonly grey: boolean;
  readonly alpha: boolean;
  /** More than 8 bits a sample. */
  readonly deep: boolean;
  /** Colours of inks, which are read as sRGB. */
  readonly cmyk: boolean;
  readonly metadata: StillMetadata;
  /** What an enlarged picture will lack, or has in another form. */
  readonly losses: readonly Announcement[];
  /**
   * How its file breaks off, in words that go on from its name; `null` where none is seen without
   * decoding.
   */
  readonly fault: string | null;
};

/** A picture that was decoded. */
export type ReadStill = {
  readonly frame: Frame;
  /** What of it is broken or missing, in words that go on from its name; `null` for a whole one. */
  readonly damage: string | null;
};

/** Whether pictures of that name can be written. */
export function canWriteStill(output: string): boolean {
  return writerOf(output) !== null;
}

function travelName(grey: boolean, alpha: boolean, deep: boolean): string {
  if (grey && !alpha) return deep ? 'gray12le' : 'gray';
  return `${alpha ? 'yuva444p' : 'yuv444p'}${deep ? '12le' : '10le'}`;
}

function lossesOf(file: string, found: Metadata, deep: boolean): Announcement[] {
  const losses: Announcement[] = [];
  const name = path.basename(file);
  if ((found.pages ?? 1) > 1) {
    losses.push({
      kind: 'missing',
      what: `${found.pages! - 1} further pictures of ${name}`,
      why: 'only the first picture of a file is enlarged',
    });
  }
  if (deep) {
    const why = 'pictures are enlarged in 12 bit and written in 16 again';
    losses.push({ kind: 'converted', what: `16-bit samples of ${name}`, why });
  }
  if (found.space === 'cmyk') {
    const why = 'the networks know no ink; the picture is brought into sRGB by its profile';
    losses.push({ kind: 'converted', what: `CMYK colours of ${name}`, why });
  }
  return losses;
}

/**
 * Looks at a picture without decoding it. Throws `VsrError('media')` for a file that is missing,
 * empty, a folder, or no PNG, JPEG, WebP or TIFF, or that claims more pixels than its bytes can
 * hold.
 */
export async function probeStill(file: string): Promise<Still> {
  const { path: full } = await openPlainFile(file);
  const { default: sharp } = await import('sharp');
  let found: Metadata;
  try {
    found = await sharp(await readableInput(full), { limitInputPixels: false }).metadata();
  } catch (error) {
    const fault = await unreadableFault(full);
    if (fault !== null) throw new VsrError('media', `${file} ${fault}.`, { cause: error });
    // A format that sharp knows, in a file that it cannot read.
    const said = messageOf(error).replace(/\.$/, '');
    if (!said.includes('unsupported image format')) {
      const message = `${file} cannot be read as a picture: ${said}. Save it anew as PNG.`;
      throw new VsrError('media', message, { cause: error });
    }
    throw await whyNoPicture(file, error);
  }
  const kind = kindOf(found);
  if (!readable.some((name) => name === kind)) {
    throw new VsrError(
      'media',
      `Expected a picture in one of the formats ${readable.join(', ')} but ${file} is ${kind}. Save it as PNG.`,
    );
  }
  const fault = await stillFault(full, kind);
  if (fault?.isHopeless === true) {
    throw new VsrError('media', `${file} ${fault.what}.`);
  }
  const grey = found.channels <= 2;
  const alpha = found.hasAlpha;
  const deep = found.depth !== 'uchar' && found.depth !== 'char';
  const format = pixelFormats.get(travelName(grey, alpha, deep))!;
  return {
    path: full,
    format: kind,
    layout: frameLayout(format, found.width, found.height),
    grey,
    alpha,
    deep,
    cmyk: found.space === 'cmyk',
    metadata: {
      // A profile of inks does not describe the RGB that CMYK becomes.
      icc: found.space === 'cmyk' ? null : (found.icc ?? null),
      exif: found.exif === undefined ? turnedExif(found.orientation ?? 1) : plainExif(found.exif),
      xmp: found.xmp ?? null,
      orientation: found.orientation ?? 1,
      density: densityOf(found),
    },
    losses: lossesOf(file, found, deep),
    fault: fault?.what ?? null,
  };
}

/**
 * sharp's space for interleaved samples of a picture; it makes three channels of one grey one
 * unless told (0.35.5).
 */
export function spaceOf(grey: boolean, deep: boolean): string {
  if (grey) return deep ? 'grey16' : 'b-w';
  return deep ? 'rgb16' : 'srgb';
}

/**
 * Decodes a picture into a frame of its layout, at time 0. Samples are taken as stored: an embedded
 * profile is carried, not applied. Throws `VsrError('media')` for a damaged or truncated file; with
 * `allowDamaged` only for one of which nothing decodes, and says what is wrong with any other.
 */
export async function readStill(still: Still, allowDamaged = false): Promise<ReadStill> {
  const { path: file } = still;
  let damage = still.fault ?? (await dataFault(still));
  if (damage === null) {
    try {
      return { frame: await decodeStill(still, 'warning'), damage: null };
    } catch (error) {
      damage = `cannot be decoded whole: ${messageOf(error)
        .trim()
        .replace(/\s*\n\s*/g, '; ')}`;
    }
  }
  if (!allowDamaged) {
    const advice = 'Take what there is with --allow-damaged.';
    throw new VsrError('media', `${file} is damaged: it ${damage}. ${advice}`);
  }
  try {
    return { frame: await decodeStill(still, 'none', await readableInput(still.path)), damage };
  } catch (error) {
    const message = `${file} is damaged: it ${damage}, and nothing of it can be decoded (${messageOf(error)}).`;
    throw new VsrError('media', message, { cause: error });
  }
}

/** Decodes a picture; `failOn` is the least trouble that is an error, in sharp's words. */
async function decodeStill(
  still: Still,
  failOn: 'none' | 'warning',
  input: string | Buffer = still.path,
): Promise<Frame> {
  const { default: sharp } = await import('sharp');
  const { grey, alpha, deep, layout } = still;
  const cmyk = still.losses.some((loss) => loss.what.startsWith('CMYK'));
  const picture = sharp(input, { limitInputPixels: false, ignoreIcc: !cmyk, failOn });
  // Grey with alpha is read as colour: in a grey space sharp leaves the alpha out (0.35.5).
  const space = spaceOf(grey && !alpha, deep);
  const { data: raw, info } = await picture
    .pipelineColourspace(deep ? space : 'srgb')
    .toColourspace(space)
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const expected = (grey && !alpha ? 1 : 3) + (alpha ? 1 : 0);
  if (Number(info.channels) !== expected) {
    throw new RangeError(`it has ${info.channels} channels where ${expected} were announced`);
  }
  const samples: Samples = {
    data: deep ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2) : raw,
    channels: info.channels,
    peak: deep ? 65535 : 255,
  };
  const data = new Uint8Array(new SharedArrayBuffer(layout.byteLength));
  toFrame(grey && alpha ? greyOfColour(samples) : samples, data, layout);
  return { index: 0, pts: 0, data };
}

/** Grey and alpha out of RGB whose three channels are alike, and alpha. */
function greyOfColour({ data, peak }: Samples): Samples {
  const pairs = data.length / 2;
  const kept = peak === 255 ? new Uint8Array(pairs) : new Uint16Array(pairs);
  for (let i = 0; i < pairs; i += 2) {
    kept[i] = data[i * 2]!;
    kept[i + 1] = data[i * 2 + 3]!;
  }
  return { data: kept, channels: 2, peak };
}
