import { open } from 'node:fs/promises';
import { boxesIn, findBox, readTopLevel, type Box } from '../marks/mp4-boxes.js';
import { greatestDivisor } from '../../planes/ratio.js';

/** The exact times of a track, in ticks of its own time scale. */
export type TrackTimes = {
  /** Time of the first sample that is shown. */
  readonly start: number;
  /**
   * From the decoding time of the first sample to the end of the last; `null` where only the
   * duration in the file is known.
   */
  readonly duration: number | null;
};

type Track = {
  readonly timeScale: number;
  /** Duration of its media, in ticks. */
  readonly duration: number;
  readonly mdhd: Box;
  readonly stts: Box | undefined;
  readonly tkhd: Box;
  /** The edit list. */
  readonly edits: Box | undefined;
};

/** A field that has 4 bytes in a box of version 0, and 8 (`wide`) in version 1. */
function readField(moov: Buffer, at: number, wide: boolean): number {
  return wide ? Number(moov.readBigInt64BE(at)) : moov.readUInt32BE(at);
}

function writeField(moov: Buffer, at: number, wide: boolean, value: number): void {
  if (wide) moov.writeBigInt64BE(BigInt(value), at);
  else moov.writeUInt32BE(value, at);
}

function tracksOf(moov: Buffer, root: Box): Track[] {
  return boxesIn(moov, root.body, root.end)
    .filter(({ type }) => type === 'trak')
    .map((trak) => {
      const mdhd = findBox(moov, trak, 'mdia', 'mdhd')!;
      const wide = moov[mdhd.body] === 1;
      return {
        timeScale: moov.readUInt32BE(mdhd.body + (wide ? 20 : 12)),
        duration: readField(moov, mdhd.body + (wide ? 24 : 16), wide),
        mdhd,
        stts: findBox(moov, trak, 'mdia', 'minf', 'stbl', 'stts'),
        tkhd: findBox(moov, trak, 'tkhd')!,
        edits: findBox(moov, trak, 'edts', 'elst'),
      };
    });
}

/**
 * Gives the last sample its duration, which ffmpeg guesses or leaves 0, so that readers ignore the
 * sample. `wantedDuration` is the duration of the whole track; with `null` a last sample of
 * duration 0 becomes as long as the one before. Returns the track with its new duration, or
 * unchanged where the last sample has no entry of its own in the table.
 */
function lengthenLast(moov: Buffer, track: Track, wantedDuration: number | null): Track {
  const { stts, mdhd } = track;
  if (stts === undefined) return track;
  const entries = moov.readUInt32BE(stts.body + 4);
  let sum = 0;
  for (let i = 0; i < entries; i++) {
    const at = stts.body + 8 + 8 * i;
    sum += moov.readUInt32BE(at) * moov.readUInt32BE(at + 4);
  }
  const last = stts.body + 8 * entries;
  const isBare = entries > 1 && moov.readUInt32BE(last + 4) === 0;
  const duration = wantedDuration ?? (isBare ? sum + moov.readUInt32BE(last - 4) : sum);
  const wanted = entries === 0 ? 0 : moov.readUInt32BE(last + 4) + duration - sum;
  // In one entry with others, the last sample has their duration, which then stays.
  if (entries === 0 || moov.readUInt32BE(last) !== 1 || wanted < 0) return track;
  moov.writeUInt32BE(wanted, last + 4);
  const wide = moov[mdhd.body] === 1;
  writeField(moov, mdhd.body + (wide ? 24 : 16), wide, duration);
  return { ...track, duration };
}

/**
 * The time scale for the movie: the tracks' least common multiple, otherwise that of the first
 * track, otherwise 90000 or 48000. The first one counts that is finer than `old` and in which a
 * duration of `longest` seconds fits into 32 bits; `old` if none does.
 */
function chooseClock(tracks: readonly Track[], old: number, longest: number): number {
  const common = tracks.reduce((a, { timeScale: b }) => (a / greatestDivisor(a, b)) * b, 1);
  const candidates = [common, tracks[0]?.timeScale ?? old, 90_000, 48_000];
  return candidates.find((clock) => clock > old && longest * clock < 0xf0000000) ?? old;
}

/**
 * Gives the edits of one track exact durations in the new time scale `clock`, which is `ratio`
 * times the old one. `start` is when the track's first sample is shown, in its own ticks. Returns
 * the duration of the track in the new time scale.
 */
function rewriteEdits(
  moov: Buffer,
  track: Track,
  start: number | undefined,
  ratio: number,
  clock: number,
): number {
  const { edits, timeScale, duration } = track;
  if (edits === undefined) return Math.ceil((duration * clock) / timeScale);
  const wide = moov[edits.body] === 1;
  const entryBytes = wide ? 20 : 12;
  const count = moov.readUInt32BE(edits.body + 4);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const at = edits.body + 8 + i * entryBytes;
    const length = readField(moov, at, wide);
    const mediaTime = wide ? Number(moov.readBigInt64BE(at + 8)) : moov.readInt32BE(at + 4);
    const isEmpty = mediaTime === -1;
    let exact = Math.round(length * ratio);
    if (isEmpty && i === 0 && start !== undefined && start > 0) {
      exact = Math.round((start * clock) / timeScale);
    } else if (!isEmpty && count <= 2 && start !== undefined) {
      exact = Math.round(((duration + Math.min(0, start)) * clock) / timeScale);
    }
    writeField(moov, at, wide, exact);
    total += exact;
  }
  return total;
}

/**
 * Makes the starts of tracks exact in a finished MP4 or QuickTime file, in place. ffmpeg writes
 * them in milliseconds, because it sets the time scale in `mvhd` to 1000 (an option only since
 * 5.0). So a clip whose video starts at 1/12 s would move by a few ticks. Here the movie gets a
 * time scale that all tracks' ticks fit. `known` are the exact times of tracks, by their place in
 * the file.
 */
export async function refineMovieClock(
  path: string,
  known: ReadonlyMap<number, TrackTimes>,
): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const place = (await readTopLevel(file)).get('moov');
    if (place === undefined) return;
    const moov = Buffer.alloc(place.size);
    await file.read(moov, 0, place.size, place.start);
    const root = boxesIn(moov)[0]!;
    const mvhd = findBox(moov, root, 'mvhd')!;
    const wide = moov[mvhd.body] === 1;
    const scaleAt = mvhd.body + (wide ? 20 : 12);
    const old = moov.readUInt32BE(scaleAt);
    const tracks = tracksOf(moov, root).map((track, i) => {
      const times = known.get(i);
      return times === undefined ? track : lengthenLast(moov, track, times.duration);
    });
    const longest = readField(moov, scaleAt + 4, wide) / old;
    const clock = chooseClock(tracks, old, longest);
    let total = 0;
    tracks.forEach((track, i) => {
      const length = rewriteEdits(moov, track, known.get(i)?.start, clock / old, clock);
      const { tkhd } = track;
      const tkhdWide = moov[tkhd.body] === 1;
      writeField(moov, tkhd.body + (tkhdWide ? 28 : 20), tkhdWide, length);
      total = Math.max(total, length);
    });
    moov.writeUInt32BE(clock, scaleAt);
    writeField(moov, scaleAt + 4, wide, total);
    await file.write(moov, 0, moov.length, place.start);
  } finally {
    await file.close();
  }
}
