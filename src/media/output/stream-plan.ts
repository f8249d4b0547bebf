import { VsrError } from '../../errors.js';
import { containers, type Container } from '../formats/containers.js';
import { losslessEncoders } from './lossless.js';
import { lostTags } from './lost-tags.js';
import type { Takes } from './muxer-trial.js';
import {
  isChapterTrack,
  isTimecode,
  otherForm,
  timecodeKeepers,
  timecodeOf,
  type KeptAs,
} from './rewritten-tracks.js';
import { isTextLines } from '../tracks/text-lines.js';
import { isCover, isNamed, kindOf, nameOf } from '../tracks/stream-names.js';
import { allTracks, type TracksLeftOut } from '../tracks/track-choice.js';
import type { Source, StreamInfo } from '../source/source.js';

/** Something a user should know before the job starts. */
export type Announcement = {
  /**
   * `missing`: something is not in the output. `converted`: it is there in another form. `padded`:
   * the picture grows by a row or column. `note`: anything else.
   */
  readonly kind: 'missing' | 'converted' | 'padded' | 'note';
  /** What it is about: `subtitle stream 3 (hdmv_pgs_subtitle, eng)`. */
  readonly what: string;
  readonly why: string;
  /** What would keep it. */
  readonly advice?: string | undefined;
  /** Index of the stream of the source that it is about. */
  readonly streamIndex?: number | undefined;
};

/** What becomes of one stream of the source. */
export type StreamPlan = {
  /** Its index in the source. */
  readonly index: number;
  /**
   * `encode`: it is the video that is enlarged. `copy`: its packets are copied. `convert`: it is
   * text subtitles or sound that is encoded again. `attach`: it is cover art that becomes an
   * attachment. `drop`: it is not copied.
   */
  readonly action: 'encode' | 'copy' | 'convert' | 'attach' | 'drop';
  /** The encoder of a converted stream. */
  readonly codec?: string | undefined;
  /** How the output holds the content of a dropped stream nevertheless. */
  readonly keptAs?: KeptAs;
};

/** Codecs of cover art that containers can hold. */
const coverCodecs = new Set(['mjpeg', 'png', 'bmp']);

type Verdict = Pick<StreamPlan, 'action' | 'codec'> & {
  /** Why it is dropped or converted, for messages; `null` where it is neither. */
  readonly why: string | null;
  /** Whether a conversion changes samples of sound. */
  readonly rounded?: boolean;
};

const drop = (why: string): Verdict => ({ action: 'drop', why });
const copy: Verdict = { action: 'copy', why: null };

/** A container to plan for. */
type Asked = { readonly container: Container; readonly source: Source; readonly takes: Takes };

function coverIn(container: Container, stream: StreamInfo): Verdict {
  if (!coverCodecs.has(stream.codec)) return drop(`${container.title} holds no such cover art`);
  if (container.coverArt === 'stream') return copy;
  if (container.coverArt === 'attachment') return { action: 'attach', why: null };
  return drop(`${container.title} holds no cover art`);
}

/** For sound that cannot be copied: the first encoder whose stream the container takes. */
async function soundIn({ container, takes }: Asked, stream: StreamInfo): Promise<Verdict> {
  for (const { encoder, loss } of losslessEncoders(container, stream)) {
    if (!(await takes(container, stream, encoder))) continue;
    const kept = loss === null ? 'every sample stays the same' : loss;
    const why = `${container.title} does not take ${stream.codec}; it becomes ${encoder}, ${kept}`;
    return { action: 'convert', codec: encoder, why, rounded: loss !== null };
  }
  return drop(`${container.title} as ffmpeg writes it does not take ${stream.codec} audio`);
}

function subtitleIn(container: Container, stream: StreamInfo): Verdict {
  if (isTextLines(stream) && container.textSubtitles !== null) {
    const codec = container.textSubtitles;
    const why = `${container.title} holds text subtitles as ${codec}; styling may be simplified`;
    return { action: 'convert', codec, why };
  }
  return drop(`${container.title} as ffmpeg writes it does not take ${stream.codec} subtitles`);
}

/** What `container` can do with a stream of `source` that is not the enlarged video. */
async function verdictOn(asked: Asked, stream: StreamInfo): Promise<Verdict> {
  const { container, source, takes } = asked;
  if (isCover(stream)) return coverIn(container, stream);
  if (isTimecode(stream) || isChapterTrack(source, stream)) {
    return drop('ffmpeg writes such tracks itself');
  }
  if (await takes(container, stream, null)) return copy;
  switch (stream.kind) {
    case 'audio':
      return soundIn(asked, stream);
    case 'subtitle':
      return subtitleIn(container, stream);
    default: {
      const what = isNamed(stream) ? `${stream.codec} ${kindOf(stream)}` : kindOf(stream);
      return drop(`${container.title} as ffmpeg writes it does not take such ${what}`);
    }
  }
}

/** Titles of all containers that would keep `stream`. */
async function holders(source: Source, stream: StreamInfo, takes: Takes): Promise<string[]> {
  const verdicts = containers.map(async (container) => {
    const { action } = await verdictOn({ container, source, takes }, stream);
    return action === 'drop' ? [] : [`${container.title} (${container.extensions[0]})`];
  });
  return (await Promise.all(verdicts)).flat();
}

/**
 * Decides what becomes of every stream of `source` in `container`, and announces what the user
 * should know about that. `leftOut` are the tracks that the user does not want.
 */
export async function planStreams(
  container: Container,
  source: Source,
  takes: Takes,
  leftOut: TracksLeftOut = allTracks,
): Promise<{ readonly streams: StreamPlan[]; readonly announcements: Announcement[] }> {
  const announcements: Announcement[] = [];
  const streams: StreamPlan[] = [];
  for (const stream of source.streams) {
    const { index } = stream;
    if (index === source.video.index) {
      streams.push({ index, action: 'encode' });
      continue;
    }
    const unwanted = leftOut.streams.get(index);
    if (unwanted !== undefined) {
      streams.push({ index, action: 'drop' });
      announcements.push({ kind: 'note', what: nameOf(stream), streamIndex: index, why: unwanted });
      continue;
    }
    const verdict = await verdictOn({ container, source, takes }, stream);
    const { action, codec, why } = verdict;
    const keptAs = action === 'drop' ? otherForm(container, source, stream) : null;
    streams.push({
      ...{ index, action },
      ...(codec === undefined ? {} : { codec }),
      ...(keptAs === null ? {} : { keptAs }),
    });
    const what = nameOf(stream);
    if (verdict.action === 'convert') {
      announcements.push({ kind: 'converted', what, streamIndex: index, why: why ?? '' });
    } else if (verdict.action === 'drop') {
      const others = await holders(source, stream, takes);
      announcements.push(announceDrop(container, source, stream, { what, why: why ?? '', others }));
    } else if (stream.kind === 'video' && !isCover(stream)) {
      const kept = 'only one video stream is enlarged; this one is kept as it is';
      announcements.push({ kind: 'note', what, streamIndex: index, why: kept });
    }
  }
  if (source.chapters.length > 0 && !container.chapters) {
    announcements.push({
      ...{ kind: 'missing', what: `${source.chapters.length} chapters` },
      ...{ why: `${container.title} holds no chapters`, advice: 'MP4 and Matroska do.' },
    });
  }
  const timecode = timecodeOf(source);
  if (timecode !== undefined && !container.timecode && !source.streams.some(isTimecode)) {
    announcements.push({
      ...{ kind: 'missing', what: `the timecode (${timecode} at the start of the source)` },
      ...{ why: `${container.title} holds none`, advice: timecodeKeepers },
    });
  }
  const tags = lostTags(container, source);
  if (tags.length > 0) {
    announcements.push({
      ...{ kind: 'missing', what: `the tags ${tags.join(', ')}` },
      ...{
        why: `ffmpeg does not write them into ${container.title}`,
        advice: 'Matroska keeps any.',
      },
    });
  }
  return { streams, announcements };
}

/** A dropped stream in words: what it is, why it is dropped, and which containers would keep it. */
type Drop = { readonly what: string; readonly why: string; readonly others: readonly string[] };

function announceDrop(
  container: Container,
  source: Source,
  stream: StreamInfo,
  { what, why, others }: Drop,
): Announcement {
  const base = { what, streamIndex: stream.index };
  if (isChapterTrack(source, stream)) {
    const fate = container.chapters ? 'which are kept as chapters' : 'which are missing';
    return { ...base, kind: 'note', why: `it holds the chapters, ${fate}` };
  }
  if (isTimecode(stream)) {
    const timecode = timecodeOf(source, stream);
    if (timecode === undefined) {
      return { ...base, kind: 'missing', why: 'ffmpeg cannot copy timecode tracks' };
    }
    const told = `its timecode (${timecode} at the start of the source)`;
    return container.timecode
      ? { ...base, kind: 'converted', why: `${told} is kept` }
      : {
          ...base,
          kind: 'missing',
          why: `${container.title} holds no timecode: ${told} goes`,
          advice: timecodeKeepers,
        };
  }
  const maybe =
    !isNamed(stream) && (stream.kind === 'audio' || stream.kind === 'subtitle')
      ? 'Another ffmpeg may know it (--ffmpeg).'
      : `None of ${containers.map(({ title }) => title).join(', ')} took it; keep the source.`;
  return {
    ...{ ...base, kind: 'missing', why },
    advice: others.length > 0 ? `It would be kept in ${others.join(' or ')}.` : maybe,
  };
}

/**
 * Seconds by which sound may start before or after the video and still count as starting with it.
 */
const together = 0.04;

/**
 * An audio stream that does not start together with the video, in a container that always starts
 * all streams together; `undefined` where there is none.
 */
function unevenSound(container: Container, source: Source): StreamInfo | undefined {
  if (container.ticks !== 'frame') return undefined;
  const start = source.video.startTime ?? source.startTime;
  return source.streams.find(
    ({ kind, startTime }) =>
      kind === 'audio' && startTime !== null && Math.abs(startTime - start) > together,
  );
}

/**
 * Throws VsrError `option` where sound would not stay in step with the video in `container`. `from`
 * is the beginning of the part that is taken, in seconds on the source's clock; sound that has
 * begun by then starts together with the video.
 */
export function refuseUnevenSound(
  container: Container,
  source: Source,
  from: number | undefined,
): void {
  const late = unevenSound(container, source);
  if (late === undefined || (from !== undefined && (late.startTime ?? 0) <= from)) return;
  const delay = (late.startTime ?? 0) - (source.video.startTime ?? source.startTime);
  const others = containers.filter(({ ticks, chapters }) => ticks !== 'frame' && chapters);
  throw new VsrError(
    'option',
    `${container.title} starts all streams together, but ${nameOf(late)} of ${source.path} starts ${Math.abs(delay).toFixed(3)} s ${delay > 0 ? 'after' : 'before'} the video and would be out of step. Name an output ending in ${others.map(({ extensions }) => extensions[0]).join(', ')}.`,
  );
}

/**
 * The weights of losses: a stream that another container would keep, sound that is converted with
 * rounding, and sound that is converted without loss.
 */
const [lostWeight, roundedWeight, convertedWeight] = [1, 0.75, 0.5];

/**
 * How much `container` would lose of `source`, as a sum of weights. Streams that no container keeps
 * do not count. 0 where nothing is lost or converted.
 */
export async function streamLosses(
  container: Container,
  source: Source,
  takes: Takes,
): Promise<number> {
  let sum = 0;
  for (const stream of source.streams) {
    if (stream.index === source.video.index) continue;
    const { action, rounded } = await verdictOn({ container, source, takes }, stream);
    if (action === 'convert' && stream.kind === 'audio') {
      sum += rounded === true ? roundedWeight : convertedWeight;
    }
    if (action !== 'drop') continue;
    if ((await holders(source, stream, takes)).length > 0) sum += lostWeight;
  }
  if (unevenSound(container, source) !== undefined) sum += lostWeight;
  if (source.chapters.length > 0 && !container.chapters) sum += lostWeight;
  return lostTags(container, source).length > 0 ? sum + lostWeight : sum;
}
