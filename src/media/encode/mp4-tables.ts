import { open } from 'node:fs/promises';
import { VsrError } from '../../errors.js';
import { findBox, readTopLevel, type Box } from '../marks/mp4-boxes.js';
import { noteBoxType, type SegmentNote } from './segment-file.js';

/** All samples of a track, in decoding order. */
export type SampleTable = {
  /** Where each sample begins in the file, in bytes. */
  readonly offsets: Float64Array;
  /** Length of each sample, in bytes. */
  readonly sizes: Uint32Array;
  /** Decoding times in units of the track's time scale, from 0. */
  readonly decodeTimes: Float64Array;
  /** Presentation time minus decoding time, in the same units. */
  readonly shifts: Int32Array;
  /** 1 for a sample at which decoding can start, otherwise 0. */
  readonly keys: Uint8Array;
};

/** What joining needs to know of a segment's file. */
export type VideoFile = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly samples: SampleTable;
  /** The `stsd` box, which says how to decode the samples. */
  readonly description: Buffer;
  /** The `ftyp` box. */
  readonly fileType: Buffer;
  /** Units per second of the track's times. */
  readonly timeScale: number;
  readonly note: SegmentNote;
};

function readTable(moov: Buffer, stbl: Box): SampleTable {
  const need = (type: string): Box => {
    const box = findBox(moov, stbl, type);
    if (box === undefined) throw new VsrError('media', `An intermediate file has no ${type} box.`);
    return box;
  };
  const stsz = need('stsz').body;
  const fixed = moov.readUInt32BE(stsz + 4);
  const count = moov.readUInt32BE(stsz + 8);
  const sizes = new Uint32Array(count);
  for (let i = 0; i < count; i++) sizes[i] = fixed || moov.readUInt32BE(stsz + 12 + 4 * i);
  return {
    offsets: sampleOffsets(moov, stbl, need('stsc').body, sizes),
    sizes,
    ...sampleTimes(moov, stbl, need('stts').body, count),
    keys: sampleKeys(moov, findBox(moov, stbl, 'stss')?.body, count),
  };
}

function sampleOffsets(moov: Buffer, stbl: Box, stsc: number, sizes: Uint32Array): Float64Array {
  const stco = findBox(moov, stbl, 'stco')?.body;
  const co64 = findBox(moov, stbl, 'co64')?.body;
  const table = stco ?? co64;
  if (table === undefined) throw new VsrError('media', 'An intermediate file has no chunk table.');
  const chunks = moov.readUInt32BE(table + 4);
  const runs = moov.readUInt32BE(stsc + 4);
  const offsets = new Float64Array(sizes.length);
  let run = 0;
  let sample = 0;
  for (let chunk = 0; chunk < chunks && sample < sizes.length; chunk++) {
    while (run + 1 < runs && moov.readUInt32BE(stsc + 8 + 12 * (run + 1)) <= chunk + 1) run++;
    const perChunk = moov.readUInt32BE(stsc + 12 + 12 * run);
    let at =
      stco === undefined
        ? Number(moov.readBigUInt64BE(table + 8 + 8 * chunk))
        : moov.readUInt32BE(table + 8 + 4 * chunk);
    for (let i = 0; i < perChunk && sample < sizes.length; i++) {
      offsets[sample] = at;
      at += sizes[sample++]!;
    }
  }
  return offsets;
}

function sampleTimes(
  moov: Buffer,
  stbl: Box,
  stts: number,
  count: number,
): Pick<SampleTable, 'decodeTimes' | 'shifts'> {
  const decodeTimes = new Float64Array(count);
  let at = 0;
  let time = 0;
  for (let i = 0; i < moov.readUInt32BE(stts + 4); i++) {
    const run = moov.readUInt32BE(stts + 8 + 8 * i);
    const delta = moov.readUInt32BE(stts + 12 + 8 * i);
    for (let k = 0; k < run && at < count; k++, time += delta) decodeTimes[at++] = time;
  }
  const shifts = new Int32Array(count);
  const ctts = findBox(moov, stbl, 'ctts')?.body;
  if (ctts !== undefined) {
    at = 0;
    for (let i = 0; i < moov.readUInt32BE(ctts + 4); i++) {
      const run = moov.readUInt32BE(ctts + 8 + 8 * i);
      shifts.fill(moov.readInt32BE(ctts + 12 + 8 * i), at, at + run);
      at += run;
    }
  }
  return { decodeTimes, shifts };
}

/** The key samples. Without a table of them, every sample is one. */
function sampleKeys(moov: Buffer, stss: number | undefined, count: number): Uint8Array {
  if (stss === undefined) return new Uint8Array(count).fill(1);
  const keys = new Uint8Array(count);
  for (let i = 0; i < moov.readUInt32BE(stss + 4); i++) {
    keys[moov.readUInt32BE(stss + 8 + 4 * i) - 1] = 1;
  }
  return keys;
}

/**
 * Reads the tables of a segment's file that `openEncoder` finished. Throws `VsrError('media')` for
 * one that is cut off or was not made by it.
 */
export async function readVideoFile(path: string): Promise<VideoFile> {
  const file = await open(path, 'r');
  try {
    const places = await readTopLevel(file);
    const load = async (type: string): Promise<Buffer> => {
      const place = places.get(type);
      if (place === undefined) {
        throw new VsrError('media', `The intermediate file ${path} is not whole: no ${type} box.`);
      }
      const bytes = Buffer.alloc(place.size);
      await file.read(bytes, 0, place.size, place.start);
      return bytes;
    };
    const [moov, note, fileType] = [
      await load('moov'),
      await load(noteBoxType),
      await load('ftyp'),
    ];
    const media = findBox(moov, null, 'moov', 'trak', 'mdia');
    const mdhd = media && findBox(moov, media, 'mdhd');
    const stbl = media && findBox(moov, media, 'minf', 'stbl');
    const stsd = stbl && findBox(moov, stbl, 'stsd');
    if (mdhd === undefined || stbl === undefined || stsd === undefined) {
      throw new VsrError('media', `The intermediate file ${path} holds no track.`);
    }
    return {
      path,
      sizeBytes: (await file.stat()).size,
      samples: readTable(moov, stbl),
      description: moov.subarray(stsd.start, stsd.end),
      fileType,
      timeScale: moov.readUInt32BE(mdhd.body + (moov[mdhd.body] === 1 ? 20 : 12)),
      note: JSON.parse(note.toString('utf8', 8)) as SegmentNote,
    };
  } finally {
    await file.close();
  }
}
