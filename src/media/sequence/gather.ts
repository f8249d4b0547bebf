import { createHash } from 'node:crypto';
import { appendFile, copyFile, mkdir, rm, stat, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import type { Announcement } from '../output/stream-plan.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess, throwIfAborted } from '../program/process.js';
import { pictureKind, type PictureKind } from '../still/picture-kind.js';
import type { Ratio } from '../../planes/ratio.js';
import type { PictureSequence } from './picture-sequence.js';

/** A clip that holds the pictures of a sequence byte for byte. Disposing removes it. */
export interface GatheredClip extends AsyncDisposable {
  /** Absolute path. */
  readonly file: string;
  /** Announcements about the pictures. */
  readonly notes: readonly Announcement[];
}

/** The pictures to gather, and where. */
export type GatherRequest = {
  readonly sequence: PictureSequence;
  /** Frames per second. */
  readonly rate: Ratio;
  /** An existing folder with room for all of the pictures. */
  readonly near: string;
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
};

/** Formats of pictures that can be gathered. */
export const sequenceFormats = ['png', 'jpeg', 'tiff'] as const;

/** How many pictures' headers are read at the same time. */
const atOnce = 8;

/** Throws VsrError `media` unless a picture has the size and kind of the first one. */
function checkAlike(file: string, kind: PictureKind, first: string, like: PictureKind): void {
  const size = ({ width, height }: PictureKind): string => `${width}x${height}`;
  const differs = (what: string, here: string, there: string): never => {
    throw new VsrError(
      'media',
      `Expected pictures of one ${what} but ${file} has ${here}, and ${first} ${there}. Bring them to one ${what} first, or leave it out.`,
    );
  };
  if (size(kind) !== size(like)) differs('size', size(kind), size(like));
  if (kind.format !== like.format) differs('format', kind.format, like.format);
  if (kind.samples !== like.samples) differs('kind', kind.samples, like.samples);
}

/**
 * Throws VsrError `media` unless all pictures can be frames of one clip. Returns announcements
 * about them.
 */
async function examine(
  { files, lacking }: PictureSequence,
  signal: AbortSignal,
): Promise<Announcement[]> {
  const first = files[0]!;
  const like = await pictureKind(first);
  if (!(sequenceFormats as readonly string[]).includes(like.format)) {
    throw new VsrError(
      'media',
      `Expected a sequence of ${sequenceFormats.join(', ')} pictures but ${first} is ${like.format}. Save them as PNG first.`,
    );
  }
  let turned = like.turned;
  for (let at = 1; at < files.length; at += atOnce) {
    throwIfAborted(signal);
    const some = files.slice(at, at + atOnce);
    const kinds = await Promise.all(some.map(pictureKind));
    kinds.forEach((kind, i) => {
      checkAlike(some[i]!, kind, first, like);
      turned ||= kind.turned;
    });
  }
  const notes: Announcement[] = [];
  if (lacking.length > 0) {
    const [missing, ...more] = lacking;
    const who = `${missing!}${more.length === 0 ? ' is' : ` and ${more.length} more are`} not there`;
    const why = `${who}; the pictures follow one another without a gap in time`;
    notes.push({ kind: 'note', what: 'gaps in the numbering', why });
  }
  if (turned) {
    const why = 'EXIF says that pictures are shown turned; frames are taken as they are stored';
    notes.push({ kind: 'missing', what: 'the turn', why, advice: 'Turn the pictures first.' });
  }
  if (like.profile) {
    const why = 'a clip holds none; the samples are taken as they are';
    notes.push({ kind: 'missing', what: 'the colour profile of the pictures', why });
  }
  return notes;
}

/** Makes a link to a file, or a copy where the file system has no links. */
async function nameAgain(file: string, name: string): Promise<void> {
  await symlink(file, name).catch(() => copyFile(file, name));
}

/**
 * A hash of the names, sizes and times of all files, and when the last one was written, in
 * milliseconds since 1970.
 */
async function factsOf(files: readonly string[]): Promise<{ hash: string; modifiedMs: number }> {
  const hash = createHash('sha256');
  let modifiedMs = 0;
  for (const file of files) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${path.basename(file)}:${size}:${mtimeMs}\n`);
    modifiedMs = Math.max(modifiedMs, mtimeMs);
  }
  return { hash: hash.digest('hex'), modifiedMs };
}

/** A box that readers of QuickTime ignore; with it, clips of different pictures differ. */
function freeBox(text: string): Buffer {
  const box = Buffer.alloc(8 + text.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  box.write(text, 8, 'latin1');
  return box;
}

/**
 * Puts the pictures of a sequence into one clip, byte for byte, each as a frame with its own time,
 * so that they can be treated like a clip. The same pictures give the same file.
 *
 * Throws VsrError: `media` for files that are no pictures, differ in size or kind, or change
 * meanwhile; `disk` where the clip cannot be written; `interrupted` once `signal` fires.
 */
export async function gather(ffmpeg: Ffmpeg, request: GatherRequest): Promise<GatheredClip> {
  const { sequence, rate, near, signal, stallTimeoutMs } = request;
  const notes = await examine(sequence, signal);
  const before = await factsOf(sequence.files);
  const folder = await temporaryFolder('pictures', near);
  try {
    const links = path.join(folder.path, 'links');
    await mkdir(links);
    const ending = path.extname(sequence.files[0]!);
    for (const [i, file] of sequence.files.entries()) {
      await nameAgain(file, path.join(links, `${i}${ending}`));
    }
    const file = path.join(folder.path, 'pictures');
    const end = await runProcess(
      ffmpeg.ffmpeg,
      [
        ...['-nostdin', '-v', 'error', '-y'],
        ...['-f', 'image2', '-framerate', `${rate.num}/${rate.den}`],
        // Relative paths, because ffmpeg would take a percent sign in the folder for a pattern.
        ...['-start_number', '0', '-i', `%d${ending}`, '-c', 'copy', '-fflags', '+bitexact'],
        ...['-f', 'mov', path.join('..', 'pictures')],
      ],
      { signal, stallTimeoutMs, cwd: links },
    );
    throwIfAborted(signal);
    if (end.code !== 0) {
      throw new VsrError(
        'disk',
        `The pictures of ${sequence.pattern} could not be gathered in ${near} (ffmpeg: ${end.stderrTail.at(-1) ?? 'it says nothing'}). Is there room for them?`,
      );
    }
    await rm(links, { recursive: true });
    const after = await factsOf(sequence.files);
    if (after.hash !== before.hash) {
      throw new VsrError(
        'media',
        `Pictures of ${sequence.pattern} were written to while they were read. Wait until they are complete, then run the command again.`,
      );
    }
    await appendFile(file, freeBox(before.hash));
    await utimes(file, after.modifiedMs / 1000, after.modifiedMs / 1000);
    return { file, notes, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}
