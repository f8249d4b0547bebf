import { readFile, rm, writeFile } from 'node:fs/promises';
import { element, elementsIn, unsigned, type Element } from '../marks/ebml.js';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess, throwIfAborted } from '../program/process.js';

/** A file with subtitle streams none of whose lines begins before the beginning of the output. */
export type CutLines = {
  /** A Matroska file. */
  readonly path: string;
  /** Indices of the source's streams, in the file's order. */
  readonly streams: readonly number[];
};

const ids = {
  ...{ ebml: 0x1a45dfa3, segment: 0x18538067, info: 0x1549a966, tracks: 0x1654ae6b },
  ...{ cluster: 0x1f43b675, time: 0xe7, group: 0xa0, block: 0xa1, duration: 0x9b },
};

const milliseconds = 1000;

const numberIn = (bytes: Buffer): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

/**
 * Cuts subtitles at `at` seconds. `file` is a Matroska file of subtitles as ffmpeg writes it, with
 * times in milliseconds. Lines that end by then are left out; those that are on screen then begin
 * there, and end when they did.
 */
export function linesCutAt(file: Buffer, at: number): Buffer {
  const inPoint = Math.ceil(at * milliseconds);
  const bytesOf = ({ body, end }: Element): Buffer => file.subarray(body, end);
  const [header, segment] = elementsIn(file);
  if (header?.id !== ids.ebml || segment?.id !== ids.segment) return file;
  const parts = elementsIn(file, segment.body, segment.end);
  const kept = parts
    .filter(({ id }) => id === ids.info || id === ids.tracks)
    .map((part) => element(part.id, bytesOf(part)));
  for (const cluster of parts.filter(({ id }) => id === ids.cluster)) {
    const inside = elementsIn(file, cluster.body, cluster.end);
    const time = inside.find(({ id }) => id === ids.time);
    const base = time === undefined ? 0 : numberIn(bytesOf(time));
    for (const group of inside.filter(({ id }) => id === ids.group)) {
      const children = elementsIn(file, group.body, group.end);
      const block = children.find(({ id }) => id === ids.block);
      const stated = children.find(({ id }) => id === ids.duration);
      if (block === undefined) continue;
      const content = Buffer.from(bytesOf(block));
      // The track's number is one byte, because there are fewer than 127 tracks; then comes the
      // time.
      const start = base + content.readInt16BE(1);
      const end = start + (stated === undefined ? 0 : numberIn(bytesOf(stated)));
      if (start < inPoint && end <= inPoint) continue;
      const from = Math.max(start, inPoint);
      content.writeInt16BE(0, 1);
      const others = children.filter((child) => child !== block && child !== stated);
      kept.push(
        element(
          ids.cluster,
          element(ids.time, unsigned(from)),
          element(
            ids.group,
            element(ids.block, content),
            ...(stated === undefined ? [] : [element(ids.duration, unsigned(end - from))]),
            ...others.map((child) => element(child.id, bytesOf(child))),
          ),
        ),
      );
    }
  }
  return Buffer.concat([element(ids.ebml, bytesOf(header)), element(ids.segment, ...kept)]);
}

/** A file and its streams of text subtitles. */
export type LinesInput = {
  readonly path: string;
  readonly streams: readonly { readonly index: number; readonly codec: string }[];
};

/**
 * Writes the lines of `input` to `output`, cut at `at` seconds (see `linesCutAt`). `null` where
 * ffmpeg cannot read them. Throws `VsrError('interrupted')` once `signal` fires.
 */
export async function linesFrom(
  ffmpeg: Ffmpeg,
  input: LinesInput,
  at: number,
  output: string,
  signal?: AbortSignal,
): Promise<CutLines | null> {
  const draft = `${output}.whole`;
  const args = buildArguments({
    options: ['-loglevel', 'error', '-copyts'],
    inputs: [{ path: input.path }],
    outputs: [
      {
        path: draft,
        format: 'matroska',
        options: [
          ...input.streams.flatMap(({ index, codec }, place) => [
            ...['-map', `0:${index}`],
            // Matroska cannot hold mov_text; ASS can express everything that it can.
            ...[`-c:${place}`, codec === 'mov_text' ? 'ass' : 'copy'],
          ]),
          ...['-map_chapters', '-1', '-map_metadata', '-1', '-avoid_negative_ts', 'disabled'],
        ],
      },
    ],
  });
  const { code } = await runProcess(ffmpeg.ffmpeg, args, { signal });
  throwIfAborted(signal);
  if (code !== 0) return null;
  await writeFile(output, linesCutAt(await readFile(draft), at));
  await rm(draft);
  return { path: output, streams: input.streams.map(({ index }) => index) };
}
