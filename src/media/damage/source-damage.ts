import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source, StreamInfo } from '../source/source.js';
import { isCutOff } from './cut-off.js';
import type { Damage } from './damage.js';
import { fragmentDamage } from './fragments.js';
import { matroskaDamage } from './matroska-structure.js';
import {
  sourceCensus,
  type CensusOptions,
  type LocatedComplaint,
  type SourceCensus,
} from './source-census.js';
import type { StreamTally } from './stream-tally.js';
import { transportDamage } from './transport-stream.js';

/** A part of a source, in seconds on its clock; an end that is `undefined` is open. */
export type SecondsRange = { readonly from?: number | undefined; readonly to?: number | undefined };

/** What reading all packets of a source has shown. */
export type SourceReport = { readonly damages: readonly Damage[]; readonly census: SourceCensus };

const isMov = (source: Source): boolean => source.container.split(',').includes('mov');

/** The stream that a complaint is about; `null` for the file, or where it may be one of several. */
function streamOf(source: Source, { stream, speaker }: LocatedComplaint): number | null {
  if (stream !== null) return stream;
  const spoken = source.streams.filter(
    ({ kind, codec }) => kind === 'audio' && speaker !== null && speaker.startsWith(codec),
  );
  return spoken.length === 1 ? spoken[0]!.index : null;
}

/**
 * Turns complaints into damages, one per stream. Complaints about video are left out: decoding it
 * tells more.
 */
function complained(source: Source, census: SourceCensus): Damage[] {
  const groups = new Map<number | null, LocatedComplaint[]>();
  for (const complaint of census.complaints) {
    const { speaker } = complaint;
    const isDemuxer = speaker === source.container;
    if (!isDemuxer && (speaker === 'NULL' || speaker === source.video.codec)) continue;
    const stream = streamOf(source, complaint);
    groups.set(stream, [...(groups.get(stream) ?? []), complaint]);
  }
  return [...groups].map(([stream, complaints]) => {
    const times = complaints.flatMap(({ at }) => (at === null ? [] : [at]));
    const text = complaints[0]!.text.replace(/\.$/, '');
    const more = complaints.length - 1;
    return {
      stream,
      what: `ffmpeg says "${text}"${more > 0 ? ` and ${more} more` : ''}`,
      from: times.length === 0 ? null : Math.min(...times),
      to: times.length === 0 ? null : Math.max(...times),
    };
  });
}

/**
 * Where packets are missing of which only the number is known: from the first gap to the last one,
 * or, without gaps, at the end.
 */
function missingFrom(census: SourceCensus, { index }: StreamInfo): Pick<Damage, 'from' | 'to'> {
  const tally = census.streams.get(index)!;
  const gaps = tally.gaps;
  if (gaps.length === 0) return { from: tally.reached, to: null };
  return { from: gaps[0]!.from, to: gaps.at(-1)!.to };
}

function lacking(
  census: SourceCensus,
  stream: StreamInfo,
  missing: number,
  promised: number,
): Damage {
  const unit = stream.kind === 'video' ? 'frames' : 'packets';
  return {
    stream: stream.index,
    what: `${missing} of ${promised} ${unit} are missing`,
    ...missingFrom(census, stream),
  };
}

/**
 * The samples that were read, as MP4 counts them: for PCM every sample of sound, of which packets
 * hold many, otherwise packets.
 */
function samplesOf({ codec, sampleRate }: StreamInfo, tally: StreamTally): number {
  if (!codec.startsWith('pcm_') || sampleRate === null) return tally.packets;
  return Math.round(((tally.reached ?? 0) - (tally.first ?? 0)) * sampleRate);
}

/**
 * Damages of streams with fewer samples than MP4's tables count. Samples that an edit list hides
 * are not missing.
 */
async function shortOfTables(
  ffmpeg: Ffmpeg,
  source: Source,
  census: SourceCensus,
  options: CensusOptions,
): Promise<Damage[]> {
  const short = (of: SourceCensus): StreamInfo[] =>
    source.streams.filter((stream) => {
      const { index, packetCount } = stream;
      const tally = of.streams.get(index);
      return tally !== undefined && packetCount !== null && samplesOf(stream, tally) < packetCount;
    });
  const suspects = short(census);
  if (suspects.length === 0) return [];
  const all = await sourceCensus(ffmpeg, source, new Set(suspects.map(({ index }) => index)), {
    ...options,
    ...{ decodeSound: false, ignoreEdits: true },
  });
  return short(all).map((stream) => {
    const tally = all.streams.get(stream.index)!;
    return lacking(
      all,
      stream,
      stream.packetCount! - samplesOf(stream, tally),
      stream.packetCount!,
    );
  });
}

/**
 * Damages of streams that end before the number of ticks in AVI's headers. Packets are not counted:
 * a tick without one repeats the picture before it.
 */
function shortOfTicks(source: Source, census: SourceCensus): Damage[] {
  return source.streams.flatMap((stream) => {
    const { index, packetCount, timeBase } = stream;
    const reached = census.streams.get(index)?.reached ?? 0;
    if (!census.streams.has(index) || packetCount === null || timeBase === null) return [];
    const missing = packetCount - Math.round((reached * timeBase.den) / timeBase.num);
    // AVI stores no times: what follows a hole moves up, so the loss shows at the end.
    const end = { from: reached, to: null };
    return missing > 0 ? [{ ...lacking(census, stream, missing, packetCount), ...end }] : [];
  });
}

/** Damages of streams that are shorter than MXF's metadata say. */
function shortOfLength(source: Source, census: SourceCensus): Damage[] {
  return source.streams.flatMap((stream) => {
    const tally = census.streams.get(stream.index);
    const { duration } = stream;
    if (tally?.reached == null || tally.first === null || duration === null) return [];
    const there = tally.reached - tally.first;
    const packet = there / Math.max(1, tally.packets);
    const missing = Math.round((duration - there) / packet);
    return missing > 0 ? [lacking(census, stream, missing, tally.packets + missing)] : [];
  });
}

/**
 * Holes in the times of a stream. After broken bytes NUT's demuxer skips to the next packet that it
 * can read, and says nothing.
 */
function holes(source: Source, census: SourceCensus): Damage[] {
  return source.streams.flatMap(({ index }) =>
    (census.streams.get(index)?.gaps ?? []).map(({ from, to }) => ({
      ...{ stream: index, what: 'nothing was found', from, to },
    })),
  );
}

function promisedMore(
  ffmpeg: Ffmpeg,
  source: Source,
  census: SourceCensus,
  options: CensusOptions,
): Damage[] | Promise<Damage[]> {
  if (isMov(source)) return shortOfTables(ffmpeg, source, census, options);
  switch (source.container) {
    case 'avi':
      return shortOfTicks(source, census);
    case 'mxf':
      return shortOfLength(source, census);
    case 'nut':
      return holes(source, census);
    default:
      return [];
  }
}

/** Damages that ffmpeg passes over, and that the container's own structure shows. */
async function passedOver(
  source: Source,
  kept: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): Promise<Damage[]> {
  if (source.container === 'mpegts') return transportDamage(source, kept, signal);
  if (source.container === 'matroska,webm') return matroskaDamage(source, signal);
  return isMov(source) ? fragmentDamage(source, signal) : [];
}

/** Where the last packet of a source ends, in seconds; `null` where no packet has a time. */
function endOf(census: SourceCensus): number | null {
  const ends = [...census.streams.values()].flatMap(({ reached }) => reached ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Whether a damage lies at least partly within `range`. */
export function touches({ from, to }: Damage, range: SecondsRange): boolean {
  if (range.to !== undefined && from !== null && from >= range.to) return false;
  return !(range.from !== undefined && to !== null && to < range.from);
}

/**
 * Reads the streams `kept` of a source from beginning to end, and tells what of them is missing or
 * broken: what ffmpeg complains about, packets that the container's index counts and that are not
 * there, breaks in its structure, and the rest of a file that is shorter than its header says.
 * Damage that only decoding the video shows is not found here. Throws as `sourceCensus` does.
 */
export async function sourceDamage(
  ffmpeg: Ffmpeg,
  source: Source,
  kept: ReadonlySet<number>,
  options: Omit<CensusOptions, 'decodeSound' | 'ignoreEdits'>,
): Promise<SourceReport> {
  const all = { ...options, decodeSound: true };
  // At the same time: what one of them has read from the disk, the other finds in memory.
  const [census, structure] = await Promise.all([
    sourceCensus(ffmpeg, source, kept, all),
    passedOver(source, kept, options.signal),
  ]);
  const found = [
    ...(await promisedMore(ffmpeg, source, census, all)),
    ...complained(source, census),
    ...structure,
  ];
  if (await isCutOff(source)) {
    const what = 'it is cut off and lacks what it declares';
    found.push({ stream: null, what, from: endOf(census), to: null });
  }
  return { damages: found, census };
}
