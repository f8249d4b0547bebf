import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { readNote } from '../encode/segment-file.js';

/** One element of a Matroska file. */
type Element = {
  readonly id: number;
  readonly start: number;
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

/** A Segment element of unknown size: everything up to the end of the stream is in it. */
const endlessSegment = Uint8Array.of(0x18, 0x53, 0x80, 0x67, 1, 255, 255, 255, 255, 255, 255, 255);

/** The element at byte `at`; its size is given, as in every file that ffmpeg finished. */
async function elementAt(file: FileHandle, at: number): Promise<Element> {
  const bytes = Buffer.alloc(12);
  const { bytesRead } = await file.read(bytes, 0, 12, at);
  // A number's length is told by the zeros before its first set bit.
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
 * The elements in a file that ffmpeg and `openEncoder` finished: its header, and those of its
 * Segment.
 */
async function elementsOf(path: string): Promise<{ header: Element; parts: Element[] }> {
  await readNote(path); // It is there only when the file is whole.
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
 * Intermediate Matroska files, segments of one clip in order, as one stream for ffmpeg to read.
 * Their clusters hold times on the clip's own clock, so that they only need to stand in a row.
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
