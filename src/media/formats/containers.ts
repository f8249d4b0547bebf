import path from 'node:path';
import { badValue } from '../../errors.js';

/** The codecs that vsr chooses from; `--codec` takes these names. */
export const usualCodecs = ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'] as const;
export type UsualCodec = (typeof usualCodecs)[number];

/** Codecs that are used only where one of their encoders is named. */
export type RareCodec =
  | 'mpeg4'
  | 'mjpeg'
  | 'dnxhd'
  | 'cfhd'
  | 'v210'
  | 'vp8'
  | 'utvideo'
  | 'ffvhuff'
  | 'huffyuv'
  | 'magicyuv';

/** ffprobe's name of a codec that vsr encodes video with. */
export type VideoCodec = UsualCodec | RareCodec;

/** Lossless audio codecs; `pcm` stands for the one with the stream's own sample format. */
export type LosslessCodec = 'flac' | 'alac' | 'pcm';

/**
 * What a container can hold, as ffmpeg writes it and players read it. Which streams can be copied
 * into it is not stated here: the ffmpeg that will write it is asked (`muxer-trial.ts`).
 */
export type Container = {
  /** For people: `MP4`. */
  readonly title: string;
  /** ffmpeg's name of the muxer. */
  readonly muxer: string;
  /** The file name extensions with the dot, the most common first. */
  readonly extensions: readonly string[];
  /** The video codecs that it holds, of those that vsr chooses from. */
  readonly video: readonly UsualCodec[];
  /** The same of the other codecs that vsr can encode. */
  readonly rareVideo: readonly RareCodec[];
  /** Lossless audio codecs for sound that cannot be copied into it; the best one first. */
  readonly lossless: readonly LosslessCodec[];
  /**
   * The codec that text subtitles are converted to where they cannot be copied; `null` where the
   * container holds none.
   */
  readonly textSubtitles: 'mov_text' | 'srt' | 'webvtt' | null;
  /** How it stores cover art. */
  readonly coverArt: 'stream' | 'attachment' | 'none';
  readonly chapters: boolean;
  /** Whether it keeps a timecode, as a track or as a tag. */
  readonly timecode: boolean;
  /** Whether its streams keep titles and languages. */
  readonly streamTags: boolean;
  /** Names of the file's tags that ffmpeg writes into it; `null` for any. */
  readonly tags: ReadonlySet<string> | null;
  /** Whether rotation is a property of its tracks. */
  readonly rotation: boolean;
  /**
   * How ffmpeg's muxer stores side data of stereo and spherical video: `boxes` of MP4; `matroska`
   * elements, with stereo as a tag; `webm` stereo alone, as a tag.
   */
  readonly marks: 'boxes' | 'matroska' | 'webm' | 'none';
  /**
   * The unit of its timestamps: that of the source (`own`), a millisecond, 1/90000 s (`mpeg`), or
   * one frame at a constant rate.
   */
  readonly ticks: 'own' | 'millisecond' | 'mpeg' | 'frame';
};

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Codecs for editing, in which every frame is a key frame. */
const editing = ['mjpeg', 'dnxhd', 'cfhd', 'v210'] as const;
/** Lossless codecs that are common in AVI. */
const lossless = ['utvideo', 'ffvhuff', 'huffyuv', 'magicyuv'] as const;

const quickTime = {
  tags: set(
    'title artist author album_artist album composer comment genre copyright grouping lyrics description synopsis show episode_id network keywords episode_sort season_number media_type hd_video gapless_playback compilation track disc tmpo date year location make model software performer performers',
  ),
  coverArt: 'stream',
  chapters: true,
  timecode: true,
  streamTags: true,
  rotation: true,
  marks: 'none',
  ticks: 'own',
  textSubtitles: 'mov_text',
} as const;

const mp4: Container = {
  ...quickTime,
  title: 'MP4',
  marks: 'boxes',
  lossless: ['alac', 'flac'],
  muxer: 'mp4',
  extensions: ['.mp4', '.m4v'],
  video: ['h264', 'hevc', 'vp9', 'av1'],
  rareVideo: ['mpeg4'],
};

const mov: Container = {
  ...quickTime,
  title: 'QuickTime',
  lossless: ['pcm', 'alac'],
  muxer: 'mov',
  extensions: ['.mov', '.qt'],
  video: ['h264', 'hevc', 'prores', 'ffv1'],
  rareVideo: ['mpeg4', ...editing],
};

const matroska: Container = {
  title: 'Matroska',
  lossless: ['flac', 'pcm'],
  muxer: 'matroska',
  extensions: ['.mkv'],
  video: ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'],
  rareVideo: ['mpeg4', 'vp8', ...editing, ...lossless],
  textSubtitles: 'srt',
  coverArt: 'attachment',
  chapters: true,
  timecode: true,
  streamTags: true,
  tags: null,
  rotation: false,
  marks: 'matroska',
  ticks: 'millisecond',
};

const webm: Container = {
  ...matroska,
  title: 'WebM',
  marks: 'webm',
  lossless: [],
  muxer: 'webm',
  extensions: ['.webm'],
  video: ['vp9', 'av1'],
  rareVideo: ['vp8'],
  textSubtitles: 'webvtt',
  coverArt: 'none',
};

const mpegTs: Container = {
  title: 'MPEG-TS',
  lossless: [],
  muxer: 'mpegts',
  extensions: ['.ts', '.m2ts', '.mts'],
  video: ['h264', 'hevc'],
  rareVideo: [],
  textSubtitles: null,
  coverArt: 'none',
  chapters: false,
  timecode: false,
  streamTags: false,
  tags: set('service_name service_provider'),
  rotation: false,
  marks: 'none',
  ticks: 'mpeg',
};

const avi: Container = {
  title: 'AVI',
  lossless: ['pcm'],
  muxer: 'avi',
  extensions: ['.avi'],
  video: ['h264', 'ffv1'],
  rareVideo: ['mpeg4', ...editing, ...lossless],
  textSubtitles: null,
  coverArt: 'none',
  chapters: false,
  timecode: false,
  streamTags: true,
  tags: set('title artist copyright comment album genre language track date software'),
  rotation: false,
  marks: 'none',
  ticks: 'frame',
};

const threeGp: Container = {
  ...quickTime,
  title: '3GP',
  timecode: false,
  lossless: [],
  muxer: '3gp',
  extensions: ['.3gp'],
  video: ['h264'],
  rareVideo: ['mpeg4'],
  coverArt: 'none',
};

/** Every container that vsr writes, the most common first. */
export const containers: readonly Container[] = [mp4, mov, matroska, webm, mpegTs, avi, threeGp];

/** Whether `container` holds video of `codec`. */
export function holdsCodec(container: Container, codec: VideoCodec): boolean {
  return [...container.video, ...container.rareVideo].includes(codec);
}

/** The container that ffmpeg's muxer of that name writes. Throws RangeError for an unknown one. */
export function containerOfMuxer(muxer: string): Container {
  const found = containers.find((container) => container.muxer === muxer);
  if (found === undefined) throw new RangeError(`no container is written by ${muxer}`);
  return found;
}

/** The container of a file's extension; `null` if vsr writes none with it. */
export function containerOfPath(file: string): Container | null {
  const extension = path.extname(file).toLowerCase();
  return containers.find(({ extensions }) => extensions.includes(extension)) ?? null;
}

/**
 * The container of an output: Matroska for `-`, otherwise that of its extension. Throws
 * `VsrError('option')` for an extension that vsr does not write.
 */
export function requireContainer(output: string): Container {
  const found = output === '-' ? matroska : containerOfPath(output);
  if (found !== null) return found;
  const known = containers.flatMap(({ extensions }) => extensions).join(', ');
  const advice =
    path.extname(output) === ''
      ? `If it is a folder, end it with a slash: ${path.basename(output)}/.`
      : undefined;
  throw badValue(
    `a file name ending in one of ${known}`,
    'the output',
    path.basename(output),
    advice,
  );
}
