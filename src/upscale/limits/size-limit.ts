import { badValue, VsrError } from '../../errors.js';
import { sourceCensus } from '../../media/damage/source-census.js';
import { bufferSeconds } from '../../media/formats/encoder-limits.js';
import type { OutputPlan } from '../../media/output/output-plan.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Source, StreamInfo } from '../../media/source/source.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { showBytes } from '../../files/show-bytes.js';

/** What decides the bit rate that the video can have. */
export type Share = {
  /** Bytes that the output may have. */
  readonly limit: number;
  /** Bytes of everything in it but the video. */
  readonly others: number;
  /** Packets of all streams: the container's tables list each. */
  readonly packets: number;
  /** ffmpeg's muxer. */
  readonly container: string;
  /** Seconds of video. */
  readonly seconds: number;
  /** Number of parts, which are encoded separately. */
  readonly parts: number;
};

/** Bytes per packet in a container's tables at most, and bytes for everything else. */
const [tableBytes, headBytes] = [32, 4096];

/** The largest share of a transport stream that is not content. */
const transportShare = 0.1;

/** The largest share of a clip's length that is kept back for buffers that begin full. */
const mostKeptBack = 0.1;

/**
 * Mean bits per second of the video with which the output stays within its limit, even if every
 * part begins with a full buffer; 0 or less where the other streams take all of it. For clips of a
 * few seconds less is kept back, because encoders stay below their rate there.
 */
export function videoShare(share: Share): number {
  const { limit, others, packets, container, seconds, parts } = share;
  const content = container === 'mpegts' ? limit * (1 - transportShare) : limit;
  const left = content - others - packets * tableBytes - headBytes;
  return (8 * left) / (seconds + Math.min(parts * bufferSeconds, mostKeptBack * seconds));
}

/** Bytes per second, at most, of a stream whose samples are re-encoded without loss. */
const rewritten = ({ sampleRate, channels, sampleBits }: StreamInfo): number =>
  ((sampleRate ?? 48_000) * (channels ?? 2) * (sampleBits ?? 16)) / 8;

/** The limit, and the settings by which the clip is cut into parts. */
type LimitWish = {
  readonly limit: number;
  /** Frames that will come out; `null` where unknown. */
  readonly frames: number | null;
  readonly settings: {
    readonly segments: boolean;
    readonly segmentSeconds: number | null;
    readonly stallTimeoutMs: number;
  };
  readonly signal: AbortSignal;
};

/** The least rate that is tried, in bits per second. */
const leastRate = 1000;

/** Usual length of a part, in seconds; parts of small pictures are longer. */
const usualPart = 10;

/**
 * Mean bits per second of the video with which the output stays within a limit. Reads the source
 * once to see what its other streams take. Throws VsrError `option` where they leave nothing, or
 * the source does not say how long it is.
 */
export async function bitrateWithin(
  ffmpeg: Ffmpeg,
  source: Source,
  plan: OutputPlan,
  { limit, frames, settings, signal }: LimitWish,
): Promise<number> {
  const rate = framesPerSecond(source.video.frameRate);
  const whole = source.video.duration ?? source.duration;
  if (frames === null) {
    throw badValue('a source that says how long it is', 'sizeLimit', source.path);
  }
  const seconds = Math.max(frames / rate, plan.trim === null ? (whole ?? 0) : 0);
  const share = whole === null || whole === 0 ? 1 : Math.min(1, seconds / whole);
  const kept = new Map(plan.streams.map(({ index, action }) => [index, action]));
  const all = new Set(source.streams.map(({ index }) => index));
  const { stallTimeoutMs } = settings;
  const census = await sourceCensus(ffmpeg, source, all, {
    ...{ decodeSound: false, signal, stallTimeoutMs },
  });
  let [others, packets, counted] = [0, frames, 0];
  for (const stream of source.streams) {
    const tally = census.streams.get(stream.index);
    counted += tally?.bytes ?? 0;
    const action = kept.get(stream.index);
    if (tally === undefined || (action !== 'copy' && action !== 'convert')) continue;
    packets += tally.packets * share;
    const isNew = action === 'convert' && stream.kind === 'audio';
    others += isNew ? rewritten(stream) * seconds : tally.bytes * share;
  }
  // Attached files and pictures have no packets: their size is the rest of the source.
  const attached = source.streams.some(
    ({ index }) => !census.streams.has(index) && kept.get(index) !== 'drop',
  );
  if (attached) others += Math.max(0, source.sizeBytes - counted);
  const part = settings.segmentSeconds ?? usualPart;
  const parts = settings.segments ? Math.ceil(seconds / part) : 1;
  const found = videoShare({
    ...{ limit, others, packets, container: plan.container, seconds, parts },
  });
  if (found >= leastRate) return Math.floor(found);
  const rest = `sound, subtitles and the container take about ${showBytes(others + packets * tableBytes)}`;
  throw badValue(`a size that leaves room for video, since ${rest},`, 'sizeLimit', limit);
}

/** Throws VsrError `media` where a finished output of `bytes` is larger than its limit. */
export function checkSize(limit: number | null, bytes: number): void {
  if (limit === null || bytes <= limit) return;
  throw new VsrError(
    'media',
    `Expected an output of at most ${showBytes(limit)} but it has ${showBytes(bytes)}: the encoder could not make it smaller. Try a smaller --size-limit, a smaller picture or --codec hevc, with --restart.`,
  );
}
