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

/** A picture whose header was read, and that is not decoded yet. */
export type Still = {
  /** Absolute path. */
  readonly path: string;
  /** The name of its format, such as `png`. */
  readonly format: string;
  /**
   * The layout of its frame, in full range: `gray` for grey; BT.601 Y'CbCr 4:4:4 for colour, of 10
   * bit for 8-bit RGB, which is enough to get exactly the same RGB back. Pictures with more bits
   * have 12 bit, and grey with alpha has chroma.
   */
  readonly layout: FrameLayout;
  /** Whether it has one channel besides alpha. */
  readonly grey: boolean;
  readonly alpha: boolean;
  /** Whether it has more than 8 bits per sample. */
  readonly deep: boolean;
  /** Whether it is CMYK, which is converted to sRGB. */
  readonly cmyk: boolean;
  readonly metadata: StillMetadata;
  /** What the enlarged picture will lack or have in another form. */
  readonly losses: readonly Announcement[];
  /**
   * What is wrong with its file, in words that follow its name; `null` where nothing is found
   * without decoding.
   */
  readonly fault: string | null;
};

/** A picture that was decoded. */
export type ReadStill = {
  readonly frame: Frame;
  /** What of it is damaged, in words that follow its name; `null` for a whole picture. */
  readonly damage: string | null;
};

/** Whether a picture with that name can be written. */
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
 * Reads the header of a picture. Throws `VsrError('media')` for a file that is missing, empty, a
 * folder, or no picture in one of the formats in `readable`, or that claims more pixels than it can
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
    // Another message means that sharp knows the format, but cannot read this file.
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
      // The profile of a CMYK picture does not apply to the sRGB that it is converted to.
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
 * sharp's colour space for the samples of a picture. Without it, sharp 0.35.5 makes three channels
 * of a single grey one.
 */
export function spaceOf(grey: boolean, deep: boolean): string {
  if (grey) return deep ? 'grey16' : 'b-w';
  return deep ? 'rgb16' : 'srgb';
}

/**
 * Decodes a picture into a frame of its layout, at time 0. An embedded profile is not applied, but
 * carried over, except for CMYK. Throws `VsrError('media')` for a damaged file; with `allowDamaged`
 * only if nothing of it can be decoded, and the result says what is damaged.
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

/** Decodes a picture; `failOn` is sharp's option for what counts as an error. */
async function decodeStill(
  still: Still,
  failOn: 'none' | 'warning',
  input: string | Buffer = still.path,
): Promise<Frame> {
  const { default: sharp } = await import('sharp');
  const { grey, alpha, deep, layout } = still;
  const cmyk = still.losses.some((loss) => loss.what.startsWith('CMYK'));
  const picture = sharp(input, { limitInputPixels: false, ignoreIcc: !cmyk, failOn });
  // Grey with alpha is read as colour, because sharp 0.35.5 drops the alpha in a grey space.
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

/** Takes grey and alpha out of RGB and alpha, where R, G and B are equal. */
function greyOfColour({ data, peak }: Samples): Samples {
  const pairs = data.length / 2;
  const kept = peak === 255 ? new Uint8Array(pairs) : new Uint16Array(pairs);
  for (let i = 0; i < pairs; i += 2) {
    kept[i] = data[i * 2]!;
    kept[i + 1] = data[i * 2 + 3]!;
  }
  return { data: kept, channels: 2, peak };
}
