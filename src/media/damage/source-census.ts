import { capabilities } from '../program/capabilities.js';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import { rawInputOptions } from '../source/raw-input.js';
import type { Source, StreamInfo } from '../source/source.js';
import { complaintIn, type Complaint } from './complaint.js';
import { parsePacketLine, parseTickLine, Tally, type StreamTally } from './stream-tally.js';

/** A complaint, and where reading was when it was made. */
export type LocatedComplaint = Complaint & {
  /** Seconds on the source's clock; `null` before the first packet. */
  readonly at: number | null;
};

/** What is needed of a file to count its packets: a source, or an output that was written. */
export type CountedFile = Pick<Source, 'path' | 'container' | 'raw' | 'streams'> & {
  readonly video: Pick<StreamInfo, 'codec'>;
};

/** Every packet of a source, counted, and what ffmpeg said while it read them. */
export type SourceCensus = {
  /** By the index of the stream. */
  readonly streams: ReadonlyMap<number, StreamTally>;
  readonly complaints: readonly LocatedComplaint[];
};

export type CensusOptions = {
  /** Decodes the sound as well, to hear what its decoders complain about. */
  readonly decodeSound: boolean;
  /** Reads what an edit list of MP4 hides, too. */
  readonly ignoreEdits?: boolean;
  /** Keeps the times of the packets of all streams but video. */
  readonly moments?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly stallTimeoutMs?: number | undefined;
};

/** How many complaints are kept: a broken file can make one for every packet. */
const mostComplaints = 1000;

/**
 * The words of the command that copies `streams` into lines of text on stderr, between the
 * complaints.
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

/**
 * Streams whose packets can be counted: pictures and files that are attached have none of their
 * own.
 */
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
 * Reads a source once from end to end and counts the packets of the streams `indices`, without
 * decoding its video. Throws `VsrError('interrupted')` once `signal` fires; a source that is
 * damaged is no error: the complaints tell.
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
  /** Before that, decoders say of their first packets what they say again when it counts. */
  let reading = false;
  // A bare stream's demuxer has the name of its decoder.
  const isDemuxer = (speaker: string | null): boolean =>
    speaker === source.container && speaker !== source.video.codec;
  const onLine = (line: string): void => {
    const packet = parsePacketLine(line, ticks);
    if (packet !== null) {
      at = packet.pts ?? at;
      tallies[packet.place]?.add(packet);
      return;
    }
    const told = parseTickLine(line);
    if (told !== null) ticks[told.place] = told.tick;
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
