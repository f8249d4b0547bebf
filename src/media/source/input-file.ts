import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError, messageOf } from '../../errors.js';

/** A plain file that exists and is not empty; `path` is absolute. */
export type InputFile = { readonly path: string; readonly sizeBytes: number };

/** Usual extensions of headerless video, for which ffmpeg would guess a size. */
const headerless = new Set(['.yuv', '.rgb', '.raw', '.i420', '.nv12', '.uyvy', '.yuyv', '.y']);

/**
 * Checks that `name` is a plain file that is not empty. Throws `VsrError('media')` otherwise, which
 * says that `expected` was expected.
 */
export async function openPlainFile(name: string, expected = 'a clip'): Promise<InputFile> {
  const full = path.resolve(name);
  const found = await stat(full).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new VsrError(
      'media',
      missing ? `There is no file ${name}.` : `Could not read ${name}: ${messageOf(error)}`,
      { cause: error },
    );
  });
  if (found.isDirectory())
    throw new VsrError('media', `Expected ${expected} but ${name} is a folder.`);
  if (!found.isFile()) {
    throw new VsrError('media', `Expected a plain file but ${name} is a device, pipe or socket.`);
  }
  if (found.size === 0) throw new VsrError('media', `${name} is empty.`);
  return { path: full, sizeBytes: found.size };
}

/** The first bytes of a file, at most `count`. Throws the file system's errors. */
export async function firstBytes(name: string, count: number): Promise<Uint8Array> {
  const file = await open(name);
  try {
    const buffer = new Uint8Array(count);
    const { bytesRead } = await file.read(buffer, 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether bytes are readable text: UTF-8 with no control characters except white space. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return false;
  try {
    // With `stream`, a character that is cut off at the end is no error.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The error for a picture in a format that vsr does not enlarge; `format` is its name. */
export const notEnlarged = (file: string, format: string): VsrError =>
  new VsrError(
    'media',
    `${file} is a picture of a format (${format}) that is not enlarged. Save it as PNG, JPEG, WebP or TIFF first.`,
  );

/**
 * The error for a file that ffprobe could not open. It follows from ffprobe's messages (`errors`)
 * and from the content of the file.
 */
export async function whyUnreadable(file: InputFile, errors: readonly string[]): Promise<VsrError> {
  const said = errors.join('\n');
  const media = (sentence: string): VsrError => new VsrError('media', sentence);
  if (headerless.has(path.extname(file.path).toLowerCase())) {
    return media(
      `${file.path} is headerless video: say what is in it, which vsr upscale takes as --input-format, --input-size and --input-rate, e.g. --input-format yuv420p --input-size 352x288 --input-rate 30.`,
    );
  }
  if (/whitelist/i.test(said)) {
    // The format of the file is named before the message, which lists the allowed formats.
    const format =
      /\[(\w+) @ [^\]]*\] Format not on whitelist/i.exec(said)?.[1] ?? 'another format';
    if (format.endsWith('_pipe')) {
      return notEnlarged(file.path, format.slice(0, -5));
    }
    return media(
      `${file.path} is no clip but a list (${format}) that would open other files; name the clip itself.`,
    );
  }
  if (looksLikeText(await firstBytes(file.path, 4096))) {
    return media(`Expected a clip but ${file.path} holds plain text.`);
  }
  if (said.includes('moov atom not found')) {
    return media(
      `${file.path} has no index (moov): the recording or download was not finished, or the file is damaged.`,
    );
  }
  const last = errors.at(-1)?.replace(/^.*?: /, '') ?? 'it finds no streams';
  return media(`${file.path} cannot be read as a clip (ffmpeg: ${last}).`);
}
