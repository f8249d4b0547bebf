import { containers, type Container } from './containers.js';
import type { Source, StreamInfo } from '../source/source.js';

/** Something a user should know before the job starts. */
export type Announcement = {
  /** `missing`: not in the output. `converted`: there, in another form. `padded`: the picture grew by a row or column. */
  readonly kind: 'missing' | 'converted' | 'padded' | 'note';
  /** The thing, named: `subtitle stream 3 (hdmv_pgs_subtitle, eng)`. */
  readonly what: string;
  readonly why: string;
  readonly advice?: string | undefined;
  /** The source's stream it is about. */
  readonly streamIndex?: number | undefined;
};

/** What becomes of one stream of the source. */
export type StreamPlan = {
  /** The source's stream. */
  readonly index: number;
  /** `encode`: the enlarged video; `copy`: packets as they are; `convert`: text subtitles; `attach`: cover art as an attachment. */
  readonly action: 'encode' | 'copy' | 'convert' | 'attach' | 'drop';
  /** The encoder of a converted stream. */
  readonly codec?: string | undefined;
};

/** Text subtitles that ffmpeg can turn into one another without harm. */
const textSubtitles = new Set(['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'mov_text', 'text']);

/** Cover art and thumbnails: pictures beside the video. */
const isCover = (stream: StreamInfo): boolean =>
  stream.kind === 'video' && stream.dispositions.includes('attached_pic');

/** Codecs of cover art that containers know. */
const coverCodecs = new Set(['mjpeg', 'png', 'bmp']);

type Verdict = Pick<StreamPlan, 'action' | 'codec'> & { readonly why?: string };

const drop = (why: string): Verdict => ({ action: 'drop', why });
const copy: Verdict = { action: 'copy' };

function coverIn(container: Container, stream: StreamInfo): Verdict {
  if (!coverCodecs.has(stream.codec)) return drop(`${container.title} holds no such cover art`);
  if (container.coverArt === 'stream') return copy;
  if (container.coverArt === 'attachment') return { action: 'attach' };
  return drop(`${container.title} holds no cover art`);
}

function subtitleIn(container: Container, stream: StreamInfo): Verdict {
  if (container.subtitles.has(stream.codec)) return copy;
  if (textSubtitles.has(stream.codec) && container.textSubtitles !== null) {
    return { action: 'convert', codec: container.textSubtitles };
  }
  return drop(`${container.title} cannot hold ${stream.codec} subtitles`);
}

/** What `container` can do with a stream of `source` that is not the enlarged video. */
function verdictOn(container: Container, source: Source, stream: StreamInfo): Verdict {
  if (stream.codec === 'unknown' || stream.codec === 'none') {
    return drop('ffmpeg does not know its codec and cannot copy it');
  }
  switch (stream.kind) {
    case 'video':
      if (isCover(stream)) return coverIn(container, stream);
      return drop(
        source.video.index === stream.index
          ? 'it is the enlarged one'
          : 'only one video stream is enlarged',
      );
    case 'audio':
      return container.audio === null || container.audio.has(stream.codec)
        ? copy
        : drop(`${container.title} cannot hold ${stream.codec} audio`);
    case 'subtitle':
      return subtitleIn(container, stream);
    case 'attachment':
      return container.attachments ? copy : drop(`${container.title} holds no attachments`);
    default:
      return drop(`${container.title} as ffmpeg writes it holds no ${stream.codec} data`);
  }
}

/** `audio stream 2 (opus, eng)`. */
function nameOf(stream: StreamInfo): string {
  const kind = isCover(stream) ? 'cover art' : stream.kind === 'unknown' ? 'data' : stream.kind;
  const tag = /^[\x21-\x7e]{4}$/.test(stream.codecTag) ? stream.codecTag : 'unknown codec';
  const codec = stream.codec === 'unknown' || stream.codec === 'none' ? tag : stream.codec;
  const language = stream.language === null ? '' : `, ${stream.language}`;
  return `${kind} stream ${stream.index} (${codec}${language})`;
}

/** Titles of the containers that would hold `stream` as it is. */
function holders(source: Source, stream: StreamInfo): string[] {
  return containers
    .filter((container) => verdictOn(container, source, stream).action !== 'drop')
    .map(({ title, extensions }) => `${title} (${extensions[0]})`);
}

/** The chapters of a QuickTime file are a text track too; it is rewritten from the chapters. */
const isChapterTrack = (source: Source, stream: StreamInfo): boolean =>
  source.chapters.length > 0 &&
  stream.kind === 'data' &&
  (stream.codecTag === 'text' || stream.codec === 'bin_data');

const isTimecode = (stream: StreamInfo): boolean => stream.codecTag === 'tmcd';

/** What becomes of every stream of `source` in `container`, and what of that the user should know. */
export function planStreams(
  container: Container,
  source: Source,
): { readonly streams: StreamPlan[]; readonly announcements: Announcement[] } {
  const announcements: Announcement[] = [];
  const streams = source.streams.map((stream): StreamPlan => {
    const { index } = stream;
    if (index === source.video.index) return { index, action: 'encode' };
    const { why, ...verdict } = verdictOn(container, source, stream);
    const what = nameOf(stream);
    if (verdict.action === 'convert') {
      announcements.push({
        ...{ kind: 'converted', what, streamIndex: index },
        why: `${container.title} holds text subtitles as ${verdict.codec}; styling may be simplified`,
      });
    } else if (verdict.action === 'drop') {
      announcements.push(announceDrop(container, source, stream, what, why ?? 'it cannot be kept'));
    }
    return { index, ...verdict };
  });
  if (source.chapters.length > 0 && !container.chapters) {
    announcements.push({
      ...{ kind: 'missing', what: `${source.chapters.length} chapters` },
      ...{ why: `${container.title} holds no chapters`, advice: 'MP4 and Matroska do.' },
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

/** Tags that say how the source's own file was made; every output has its own. */
const fileTags =
  /^(?:major_brand|minor_version|compatible_brands|encoder|encoded_by|creation_time|duration|timecode|handler_name|(?:operational_pattern|toolkit|product|company|material_package|modification|generation|uid).*)$/i;

/** The file's tags that `container` will not have. Cameras' own (`com.apple...`) are kept in QuickTime. */
function lostTags(container: Container, source: Source): string[] {
  const { tags } = container;
  if (tags === null) return [];
  const keepsCameras = container.ticks === 'own';
  return Object.keys(source.tags).filter((key) => {
    const name = key.toLowerCase().replace(/-[a-z]{3}$/, '');
    if (fileTags.test(name) || tags.has(name)) return false;
    return !(keepsCameras && Object.keys(source.tags).some((each) => each.startsWith('com.')));
  });
}

function announceDrop(
  container: Container,
  source: Source,
  stream: StreamInfo,
  what: string,
  why: string,
): Announcement {
  const base = { what, streamIndex: stream.index };
  if (isChapterTrack(source, stream)) {
    return { ...base, kind: 'note', why: 'it holds the chapters, which are kept as chapters' };
  }
  if (isTimecode(stream)) {
    const timecode = stream.tags['timecode'] ?? source.video.tags['timecode'];
    return timecode === undefined || !container.streamTags
      ? { ...base, kind: 'missing', why: 'ffmpeg cannot copy timecode tracks' }
      : { ...base, kind: 'converted', why: `the timecode ${timecode} is kept as metadata` };
  }
  const others = holders(source, stream);
  const known = stream.codec !== 'unknown' && stream.codec !== 'none';
  const maybe =
    !known && (stream.kind === 'audio' || stream.kind === 'subtitle')
      ? 'Another ffmpeg may know it (--ffmpeg).'
      : 'No container that ffmpeg writes keeps it; keep the source.';
  return {
    ...{ ...base, kind: 'missing', why },
    advice: others.length > 0 ? `It would be kept in ${others.join(' or ')}.` : maybe,
  };
}

/** How many streams of `source` would be lost in `container`, of those that any container keeps. */
export function lostStreams(container: Container, source: Source): number {
  return planStreams(container, source).announcements.filter(({ kind, streamIndex }) => {
    if (kind !== 'missing') return false;
    const stream = source.streams.find(({ index }) => index === streamIndex);
    return stream === undefined || holders(source, stream).length > 0;
  }).length;
}
