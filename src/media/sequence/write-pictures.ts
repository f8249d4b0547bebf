import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import { syncFile } from '../../files/place.js';
import type { PixelFormat } from '../../planes/pixel-format.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { runProcess, throwIfAborted } from '../program/process.js';
import type { Colour } from '../source/source.js';
import { numbersIn, parsePattern } from './numbered-names.js';

/** How pictures of an ending are encoded: in 8 bits, and in 16 where the format holds them. */
type PictureFormat = {
  readonly encoder: string;
  readonly rgb: readonly [eight: string, deep: string | null];
  readonly alpha: readonly [eight: string, deep: string | null] | null;
};

const png: PictureFormat = {
  ...{ encoder: 'png', rgb: ['rgb24', 'rgb48be'], alpha: ['rgba', 'rgba64be'] },
};
const tiff: PictureFormat = {
  ...{ encoder: 'tiff', rgb: ['rgb24', 'rgb48le'], alpha: ['rgba', 'rgba64le'] },
};
const jpeg: PictureFormat = { encoder: 'mjpeg', rgb: ['yuvj444p', null], alpha: null };

/** By the ending of a name, without its dot. */
const formats: Readonly<Record<string, PictureFormat>> = {
  ...{ png, tif: tiff, tiff, jpg: jpeg, jpeg },
};

/** How the frames of a clip become pictures. */
export type PictureChoice = {
  readonly encoder: string;
  /** ffmpeg's pix_fmt. */
  readonly pixelFormat: string;
  /** Bits beyond 8 are lost. */
  readonly losesBits: boolean;
};

/**
 * How frames of `format` are written as pictures named by `pattern`. Throws VsrError `option` for
 * an ending that is not written, and for one that cannot hold opacity where there is some.
 */
export function choosePictures(pattern: string, format: PixelFormat): PictureChoice {
  const picture = formats[path.extname(pattern).slice(1).toLowerCase()];
  if (picture === undefined) {
    const known = Object.keys(formats).map((each) => `.${each}`);
    throw badValue(`names of pictures ending in one of ${known.join(', ')}`, '-o', pattern);
  }
  const kinds = format.alpha ? picture.alpha : picture.rgb;
  if (kinds === null) {
    const what = 'names of pictures ending in .png or .tif, since there is opacity,';
    throw badValue(what, '-o', pattern);
  }
  const [eight, deep] = kinds;
  const isDeep = format.bitDepth > 8;
  return {
    encoder: picture.encoder,
    pixelFormat: isDeep ? (deep ?? eight) : eight,
    losesBits: isDeep && deep === null,
  };
}

/** swscale's names of matrices, where they are not ffmpeg's own. */
const matrices: Readonly<Record<string, string>> = {
  ...{ bt709: 'bt709', smpte170m: 'bt601', bt470bg: 'bt601', smpte240m: 'smpte240m', fcc: 'fcc' },
  ...{ bt2020nc: 'bt2020', bt2020c: 'bt2020' },
};

/** The filter that makes pictures of frames, whose colour is as `colour` says. */
export function pictureFilter({ matrix, range }: Colour, rows: number): string {
  // Where a clip names no matrix, the custom of players.
  const from = matrices[matrix ?? ''] ?? (rows < 720 ? 'bt601' : 'bt709');
  const ways = 'lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  return `scale=in_color_matrix=${from}:in_range=${range === 'pc' ? 'pc' : 'tv'}:out_range=pc:flags=${ways}`;
}

export type WritePictures = {
  /** The clip whose frames they are. */
  readonly clip: string;
  /** A folder that is made; what is there of that name is removed. */
  readonly into: string;
  /** Name of each picture, as printf takes it. */
  readonly pattern: string;
  /** Number of the first one. */
  readonly first: number;
  /** How many there must be. */
  readonly frames: number;
  readonly choice: PictureChoice;
  readonly colour: Colour;
  /** Rows of a frame. */
  readonly height: number;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
};

/**
 * Writes every frame of a clip as a numbered picture, each on the disk when this resolves; to the
 * sum of their sizes in bytes. Throws VsrError: `disk` where they cannot be written, `interrupted`
 * once `signal` fires.
 */
export async function writePictures(ffmpeg: Ffmpeg, request: WritePictures): Promise<number> {
  const { clip, into, pattern, first, frames, choice, colour, height, signal } = request;
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const quality = choice.encoder === 'mjpeg' ? ['-q:v', '2'] : [];
  const end = await runProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-v', 'error', '-y', ...safeInputOptions, '-i', fileUrl(clip)],
      ...['-map', '0:v:0', ...everyFrame(ffmpeg), '-vf', pictureFilter(colour, height)],
      ...['-c:v', choice.encoder, '-pix_fmt', choice.pixelFormat, ...quality],
      // Relative to the folder, in whose name a percent sign would count as a number's place.
      ...['-start_number', String(first), '-f', 'image2', pattern],
    ],
    { signal, stallTimeoutMs: request.stallTimeoutMs, cwd: into },
  );
  throwIfAborted(signal);
  const names = await readdir(into);
  const there = numbersIn(parsePattern(pattern)!, names).length;
  if (end.code !== 0 || there !== frames || names.length !== frames) {
    const said = end.stderrTail.at(-1) ?? 'ffmpeg says nothing';
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
