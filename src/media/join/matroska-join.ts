import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { readNote } from '../encode/segment-file.js';

/** One element of a Matroska file; places in bytes from the file's beginning. */
type Element = {
  readonly id: number;
  readonly start: number;
  /** Where its content begins. */
  readonly body: number;
  readonly end: number;
};

const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
};

/** The header of a Segment element of unknown size, which extends to the end of the stream. */
const endlessSegment = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 1, 255, 255, 255, 255, 255, 255, 255);

/** The element at byte `at`. Its size must be stated, as in every file that ffmpeg has finished. */
async function elementAt(file: FileHandle, at: number): Promise<Element> {
  const bytes = Buffer.alloc(12);
  const { bytesRead } = await file.read(bytes, 0, 12, at);
  // The number of leading zero bits states the length of an EBML number.
  const idLength = Math.clz32(bytes[0]!) - 23;
  const sizeLength = Math.clz32(bytes[idLength] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || idLength + sizeLength > bytesRead) {
    throw new VsrError(
      'media',
      'An intermediate file is not whole: a Matroska element is cut off.',
    );
  }
  let size = bytes[idLength]! & (0xff >> sizeLength);
  for (let i = 1; i < sizeLength; i++) size = size * 256 + bytes[idLength + i]!;
  const body = at + idLength + sizeLength;
  return { id: bytes.readUIntBE(0, idLength), start: at, body, end: body + size };
}

/**
 * The elements of a segment's file that `openEncoder` has finished: its header, and the parts of
 * its Segment element. Throws `VsrError('media')` for a file that is not whole.
 */
async function elementsOf(path: string): Promise<{ header: Element; parts: Element[] }> {
  await readNote(path); // Throws if the file is not whole.
  const file = await open(path, 'r');
  try {
    const header = await elementAt(file, 0);
    const segment = await elementAt(file, header.end);
    if (header.id !== ids.ebml || segment.id !== ids.segment) {
      throw new VsrError('media', `The intermediate file ${path} is not Matroska.`);
    }
    const parts: Element[] = [];
    for (let at = segment.body; at < segment.end; at = parts.at(-1)!.end) {
      parts.push(await elementAt(file, at));
    }
    return { header, parts };
  } finally {
    await file.close();
  }
}

async function* bytesOf(path: string, { start, end }: Element): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { start, end: end - 1 })) yield chunk as Buffer;
}

/**
 * The segments of one clip, which are Matroska files, as one stream for ffmpeg to read. Their
 * clusters hold times on the clip's own clock, so they only need to follow one another. Throws
 * `VsrError('media')` for a segment that is not whole.
 */
export async function* matroskaStream(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const [place, path] of paths.entries()) {
    const { header, parts } = await elementsOf(path);
    if (place === 0) {
      yield* bytesOf(path, header);
      yield endlessSegment;
      for (const part of parts) {
        if (part.id === ids.info || part.id === ids.tracks) yield* bytesOf(path, part);
      }
    }
    for (const part of parts) if (part.id === ids.cluster) yield* bytesOf(path, part);
  }
}
