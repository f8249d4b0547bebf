import { open } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { readAt } from '../damage/read-at.js';
import { looksLikeText, notEnlarged } from '../source/input-file.js';

/** The bytes by which a kind of file is known, at `at`; counted from the end if negative. */
type Signature = { readonly title: string; readonly at: number; readonly bytes: string };

/** Kinds of pictures that vsr does not enlarge. */
const pictures: readonly Signature[] = [
  { title: 'BMP', at: 0, bytes: 'BM' },
  { title: 'GIF', at: 0, bytes: 'GIF8' },
  { title: 'Photoshop', at: 0, bytes: '8BPS' },
  { title: 'icon', at: 0, bytes: '\0\0\x01\0' },
  { title: 'JPEG 2000', at: 0, bytes: '\0\0\0\x0cjP  ' },
  { title: 'JPEG 2000', at: 0, bytes: '\xff\x4f\xff\x51' },
  { title: 'JPEG XL', at: 0, bytes: '\0\0\0\x0cJXL ' },
  { title: 'JPEG XL', at: 0, bytes: '\xff\x0a' },
  { title: 'OpenEXR', at: 0, bytes: '\x76\x2f\x31\x01' },
  { title: 'DPX', at: 0, bytes: 'SDPX' },
  { title: 'DPX', at: 0, bytes: 'XPDS' },
  { title: 'QOI', at: 0, bytes: 'qoif' },
  { title: 'Radiance HDR', at: 0, bytes: '#?RADIANCE' },
  { title: 'SVG', at: 0, bytes: '<svg' },
  { title: 'PDF', at: 0, bytes: '%PDF' },
  ...['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7'].map((bytes) => ({ title: 'PNM', at: 0, bytes })),
  { title: 'TGA', at: -18, bytes: 'TRUEVISION-XFILE.\0' },
];

/** Kinds of clips, which may have a picture's name by mistake. */
const clips: readonly Signature[] = [
  { title: 'MP4', at: 4, bytes: 'ftyp' },
  { title: 'Matroska', at: 0, bytes: '\x1a\x45\xdf\xa3' },
  { title: 'AVI', at: 8, bytes: 'AVI ' },
  { title: 'Ogg', at: 0, bytes: 'OggS' },
  { title: 'FLV', at: 0, bytes: 'FLV' },
];

/** Number of bytes to read at the beginning and end: enough for every signature. */
const headBytes = 64;

/**
 * The error for a file that sharp cannot read. It says what the file is by its content, whatever
 * its name: another kind of picture, a clip, text, or something unknown.
 */
export async function whyNoPicture(file: string, cause: unknown): Promise<VsrError> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const head = await readAt(handle, 0, headBytes);
  const tail = await readAt(handle, Math.max(0, size - headBytes), headBytes);
  const says = ({ at, bytes }: Signature): boolean => {
    const from = at < 0 ? tail.subarray(Math.max(0, tail.length + at)) : head.subarray(at);
    return from.subarray(0, bytes.length).toString('latin1') === bytes;
  };
  const picture = pictures.find(says)?.title;
  if (picture !== undefined) return notEnlarged(file, picture);
  const media = (sentence: string): VsrError => new VsrError('media', sentence, { cause });
  const clip = clips.find(says)?.title;
  if (clip !== undefined) {
    return media(
      `Expected a picture but ${file} is a clip (${clip}): give it the ending of a clip.`,
    );
  }
  if (looksLikeText(head)) return media(`Expected a picture but ${file} holds plain text.`);
  // Older TGA files have no signature.
  if (path.extname(file).toLowerCase() === '.tga') return notEnlarged(file, 'TGA');
  return media(
    `${file} cannot be read as a picture: it does not begin as one, so it is damaged or something else. Save it anew as PNG, JPEG, WebP or TIFF.`,
  );
}
