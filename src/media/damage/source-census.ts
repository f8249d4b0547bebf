import { capabilities } from '../program/capabilities.js';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import { rawInputOptions } from '../source/raw-input.js';
import type { Source, StreamInfo } from '../source/source.js';
import { complaintIn, type Complaint } from './complaint.js';
import { parsePacketLine, parseTickLine, Tally, type StreamTally } from './stream-tally.js';

/** A complaint, and the place in the source that ffmpeg had reached. */
export type LocatedComplaint = Complaint & {
  /** Time of the last packet, in seconds on the source's clock; `null` before the first packet. */
  readonly at: number | null;
};

/** The facts of a file that counting its packets needs: of a source, or of a written output. */
export type CountedFile = Pick<Source, 'path' | 'container' | 'raw' | 'streams'> & {
  readonly video: Pick<StreamInfo, 'codec'>;
};

/** The counted packets of a source, and what ffmpeg complained about while reading them. */
export type SourceCensus = {
  /** By the index of the stream. */
  readonly streams: ReadonlyMap<number, StreamTally>;
  readonly complaints: readonly LocatedComplaint[];
};

export type CensusOptions = {
  /** Also decodes the sound, to get the complaints of its decoders. */
  readonly decodeSound: boolean;
  /** Also counts packets that an edit list of MP4 hides. Default: false. */
  readonly ignoreEdits?: boolean;
  /** Keeps the times of the packets of all streams but video. Default: false. */
  readonly moments?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which ffmpeg counts as hanging. Default: never. */
  readonly stallTimeoutMs?: number | undefined;
};

/** How many complaints are kept: a broken file can cause one for every packet. */
const mostComplaints = 1000;

/**
 * The arguments of the ffmpeg command that writes a line of text for every packet of `streams` to
 * stderr, where the complaints come as well: so their order is known.
 */
async function censusArguments(
  ffmpeg: Ffmpeg,
  source: CountedFile,
  streams: readonly StreamInfo[],
  { decodeSound, ignoreEdits = false }: CensusOptions,
): Promise<string[]> {
  const decodable = decodeSound ? await capabilities(ffmpeg, 'decodableCodecs') : new Set<string>();
  const heard = streams.filter(({ kind, codec }) => kind === 'audio' && decodable.has(codec));
  const maps = (mapped: readonly StreamInfo[]): string[] =>
    mapped.flatMap(({ index }) => ['-map', `0:${index}`]);
  return buildArguments({
    options: ['-loglevel', 'level+info', '-nostats', '-copyts'],
    inputs: [
      {
        path: source.path,
        format: source.raw === null ? undefined : 'rawvideo',
        options: [
          ...(source.raw === null ? [] : rawInputOptions(source.raw)),
          ...(ignoreEdits ? ['-ignore_editlist', '1'] : []),
        ],
      },
    ],
    outputs: [
      {
        path: 'pipe:2',
        format: 'framecrc',
        options: [...maps(streams), '-c', 'copy', '-copyinkf', '-flush_packets', '1'],
      },
      ...(heard.length === 0 ? [] : [{ path: '-', format: 'null', options: maps(heard) }]),
    ],
  });
}

/** The streams whose packets can be counted: attached pictures and files have no packets. */
function counted(source: CountedFile, indices: ReadonlySet<number>): StreamInfo[] {
  return source.streams.filter(
    ({ index, kind, dispositions }) =>
      indices.has(index) &&
      kind !== 'attachment' &&
      kind !== 'unknown' &&
      !dispositions.includes('attached_pic'),
  );
}

/**
 * Reads a source once from beginning to end and counts the packets of the streams `indices`,
 * without decoding video. Throws `VsrError('interrupted')` once `signal` fires. Damage in the
 * source throws nothing; it shows in the complaints.
 */
export async function sourceCensus(
  ffmpeg: Ffmpeg,
  source: CountedFile,
  indices: ReadonlySet<number>,
  options: CensusOptions,
): Promise<SourceCensus> {
  const streams = counted(source, indices);
  const tallies = streams.map(
    ({ kind, codec }) =>
      new Tally({
        blanks: codec === 'mov_text',
        moments: options.moments === true && kind !== 'video',
      }),
  );
  const ticks = streams.map(({ timeBase }) => timeBase ?? { num: 1, den: 1000 });
  const complaints: LocatedComplaint[] = [];
  let at: number | null = null;
  // Complaints of decoders count only from here on: while ffmpeg looks for streams, they complain
  // about packets that they will read again.
  let reading = false;
  // The demuxer of a bare stream has the same name as its decoder.
  const isDemuxer = (speaker: string | null): boolean =>
    speaker === source.container && speaker !== source.video.codec;
  const onLine = (line: string): void => {
    const packet = parsePacketLine(line, ticks);
    if (packet !== null) {
      at = packet.pts ?? at;
      tallies[packet.place]?.add(packet);
      return;
    }
    const stated = parseTickLine(line);
    if (stated !== null) ticks[stated.place] = stated.tick;
    if (line.includes('Stream mapping:')) reading = true;
    const complaint = complaintIn(line);
    if (complaint === null || complaints.length >= mostComplaints) return;
    if (reading || isDemuxer(complaint.speaker)) complaints.push({ ...complaint, at });
  };
  const child = startProcess(
    ffmpeg.ffmpeg,
    await censusArguments(ffmpeg, source, streams, options),
    {
      ...{ signal: options.signal, stallTimeoutMs: options.stallTimeoutMs, onStderrLine: onLine },
    },
  );
  child.stdout.resume();
  await child.done;
  throwIfAborted(options.signal);
  return {
    streams: new Map(streams.map(({ index }, place) => [index, tallies[place]!])),
    complaints,
  };
}
