import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, messageOf, VsrError } from '../../errors.js';
import { syncFile } from '../../files/place.js';
import type { FrameLayout, PixelFormat } from '../../planes/pixel-format.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { runProcess, throwIfAborted } from '../program/process.js';
import type { Colour } from '../source/source.js';
import { rgbDepth } from '../source/travel-format.js';
import { numbersIn, parsePattern } from './numbered-names.js';
import { writeSamples, type PictureKind } from './write-samples.js';

/**
 * How pictures of one format are encoded: the pix_fmt for 8 bit, and that for 16 bit where the
 * format has it; `null` where it has no alpha.
 */
type PictureFormat = {
  readonly encoder: string;
  readonly rgb: readonly [eight: string, deep: string | null];
  readonly alpha: readonly [eight: string, deep: string | null] | null;
  readonly grey: readonly [eight: string, deep: string | null];
  readonly greyAlpha: readonly [eight: string, deep: string | null] | null;
  readonly kind: PictureKind;
};

const png: PictureFormat = {
  ...{ encoder: 'png', rgb: ['rgb24', 'rgb48be'], alpha: ['rgba', 'rgba64be'] },
  ...{ kind: 'png', grey: ['gray', 'gray16be'], greyAlpha: ['ya8', 'ya16be'] },
};
const tiff: PictureFormat = {
  ...{ encoder: 'tiff', rgb: ['rgb24', 'rgb48le'], alpha: ['rgba', 'rgba64le'] },
  ...{ kind: 'tiff', grey: ['gray', 'gray16le'], greyAlpha: ['ya8', 'ya16le'] },
};
const jpeg: PictureFormat = {
  ...{ encoder: 'mjpeg', rgb: ['yuvj444p', null], alpha: null },
  ...{ kind: 'jpeg', grey: ['gray', null], greyAlpha: null },
};

/** Formats by the ending of a name, without its dot. */
const formats: Readonly<Record<string, PictureFormat>> = {
  ...{ png, tif: tiff, tiff, jpg: jpeg, jpeg },
};

/** How the frames of a clip become pictures. */
export type PictureChoice = {
  readonly encoder: string;
  /** ffmpeg's pix_fmt. */
  readonly pixelFormat: string;
  /** Whether bits beyond 8 are lost. */
  readonly losesBits: boolean;
  readonly kind: PictureKind;
  /** How samples are made of frames; `convert`: by ffmpeg, from any colour and subsampling. */
  readonly colours: 'grey' | 'rgb' | 'convert';
};

/** The frames that become pictures. */
export type FramesToWrite = {
  readonly format: PixelFormat;
  /** The source's pix_fmt, which may be grey although the frames have chroma. */
  readonly sourceFormat: string;
  /** Whether they were RGB, and became studio-range BT.709. */
  readonly isFromRgb: boolean;
};

/**
 * Chooses how frames are written as pictures named by `pattern`; grey ones stay grey. Throws
 * VsrError `option` for an ending that vsr does not write, and for one that cannot hold the frames'
 * alpha.
 */
export function choosePictures(
  pattern: string,
  { format, sourceFormat, isFromRgb }: FramesToWrite,
): PictureChoice {
  const picture = formats[path.extname(pattern).slice(1).toLowerCase()];
  if (picture === undefined) {
    const known = Object.keys(formats).map((each) => `.${each}`);
    throw badValue(`names of pictures ending in one of ${known.join(', ')}`, '-o', pattern);
  }
  // Grey with alpha travels in a format with chroma, which is neutral.
  const isGrey = format.chroma === null || /^ya\d/.test(sourceFormat);
  const colours = format.alpha ? picture.alpha : picture.rgb;
  const greys = format.alpha ? picture.greyAlpha : picture.grey;
  const kinds = isGrey ? greys : colours;
  if (kinds === null) {
    const what = 'names of pictures ending in .png or .tif, since there is opacity,';
    throw badValue(what, '-o', pattern);
  }
  const [eight, deep] = kinds;
  const isDeep = (isFromRgb ? rgbDepth(sourceFormat) : format.bitDepth) > 8;
  return {
    encoder: picture.encoder,
    pixelFormat: isDeep ? (deep ?? eight) : eight,
    losesBits: isDeep && deep === null,
    kind: picture.kind,
    // sharp would subsample the chroma of a JPEG.
    colours: isGrey ? 'grey' : isFromRgb && picture.kind !== 'jpeg' ? 'rgb' : 'convert',
  };
}

/** swscale's names of matrices, by those of ffmpeg's streams. */
const matrices: Readonly<Record<string, string>> = {
  ...{ bt709: 'bt709', smpte170m: 'bt601', bt470bg: 'bt601', smpte240m: 'smpte240m', fcc: 'fcc' },
  ...{ bt2020nc: 'bt2020', bt2020c: 'bt2020' },
};

/** ffmpeg's filter that converts frames of `colour` with `rows` rows to pictures. */
export function pictureFilter({ matrix, range }: Colour, rows: number): string {
  // Where a clip names no matrix, players assume one by the number of rows.
  const from = matrices[matrix ?? ''] ?? (rows < 720 ? 'bt601' : 'bt709');
  const flags = 'lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  return `scale=in_color_matrix=${from}:in_range=${range === 'pc' ? 'pc' : 'tv'}:out_range=pc:flags=${flags}`;
}

/** The pictures to write. */
export type WritePictures = {
  /** Path of the clip whose frames they are. */
  readonly clip: string;
  /** The folder to write to. Whatever is there before is removed. */
  readonly into: string;
  /** The pattern of names, as in printf. */
  readonly pattern: string;
  /** The number of the first picture. */
  readonly first: number;
  /** The number of pictures that there must be. */
  readonly frames: number;
  readonly choice: PictureChoice;
  readonly colour: Colour;
  readonly layout: FrameLayout;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
};

/**
 * Writes every frame of a clip as a numbered picture, and syncs them to the disk. Returns the sum
 * of their sizes in bytes. Throws VsrError: `disk` where they cannot be written, `interrupted` once
 * `signal` fires.
 */
export async function writePictures(ffmpeg: Ffmpeg, request: WritePictures): Promise<number> {
  const { into, pattern, frames, signal } = request;
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const { colours } = request.choice;
  const fault = await (colours === 'convert'
    ? writeConverted(ffmpeg, request)
    : writePlain(ffmpeg, request, colours));
  throwIfAborted(signal);
  const names = await readdir(into);
  const there = numbersIn(parsePattern(pattern)!, names).length;
  if (fault !== null || there !== frames || names.length !== frames) {
    const said = fault?.replace(/\.$/, '') ?? 'ffmpeg says nothing';
    throw new VsrError(
      'disk',
      `Expected ${frames} pictures in ${into} but ${there} could be written (${said}). Is there room for them? Run the same command again: what is done is kept.`,
    );
  }
  let bytes = 0;
  for (const name of names) {
    const file = path.join(into, name);
    await syncFile(file);
    bytes += (await stat(file)).size;
  }
  return bytes;
}

/** Writes pictures with ffmpeg. Returns what went wrong; `null` if nothing did. */
async function writeConverted(ffmpeg: Ffmpeg, request: WritePictures): Promise<string | null> {
  const { clip, into, pattern, first, choice, colour, layout, signal, stallTimeoutMs } = request;
  const quality = choice.encoder === 'mjpeg' ? ['-q:v', '2'] : [];
  const end = await runProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-v', 'error', '-y', ...safeInputOptions, '-i', fileUrl(clip)],
      ...['-map', '0:v:0', ...everyFrame(ffmpeg), '-vf', pictureFilter(colour, layout.height)],
      ...['-c:v', choice.encoder, '-pix_fmt', choice.pixelFormat, ...quality],
      // A relative path, because ffmpeg would take a percent sign in the folder for a pattern.
      ...['-start_number', String(first), '-f', 'image2', pattern],
    ],
    { signal, stallTimeoutMs, cwd: into },
  );
  return end.code === 0 ? null : (end.stderrTail.at(-1) ?? 'ffmpeg says nothing');
}

/** Writes pictures of samples that ffmpeg does not convert. Returns what went wrong, or `null`. */
async function writePlain(
  ffmpeg: Ffmpeg,
  request: WritePictures,
  colours: 'grey' | 'rgb',
): Promise<string | null> {
  const { colour, choice } = request;
  const isDeep = /16|48|64/.test(choice.pixelFormat);
  const pictures = { ...request, range: colour.range, kind: choice.kind, colours, isDeep };
  return writeSamples(ffmpeg, pictures, request).then(() => null, messageOf);
}
