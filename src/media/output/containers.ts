import path from 'node:path';
import { badValue } from '../../errors.js';

/** The codecs vsr encodes video with. */
export const videoCodecs = ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'] as const;
export type VideoCodec = (typeof videoCodecs)[number];

/** What a container holds, as ffmpeg writes it and players read it. */
export type Container = {
  /** For people: `MP4`. */
  readonly title: string;
  /** ffmpeg's muxer. */
  readonly muxer: string;
  /** With the dot; the first is the usual one. */
  readonly extensions: readonly string[];
  /** Video codecs it holds, of those vsr encodes. */
  readonly video: readonly VideoCodec[];
  /** ffmpeg's names of audio codecs that can be copied into it; `null` for any. */
  readonly audio: ReadonlySet<string> | null;
  /** Names of subtitle codecs that can be copied into it. */
  readonly subtitles: ReadonlySet<string>;
  /** Encoder that text subtitles are converted with where they cannot be copied; `null` where it holds none. */
  readonly textSubtitles: 'mov_text' | 'srt' | 'webvtt' | null;
  readonly coverArt: 'stream' | 'attachment' | 'none';
  readonly attachments: boolean;
  readonly chapters: boolean;
  /** Streams keep titles and languages. */
  readonly streamTags: boolean;
  /** Names of the file's own tags that ffmpeg writes into it; `null` for any. */
  readonly tags: ReadonlySet<string> | null;
  /** Rotation is a property of the track. */
  readonly rotation: boolean;
  /** What one tick of a timestamp can be: the source's own, a millisecond, 1/90000 s, or one frame at a constant rate. */
  readonly ticks: 'own' | 'millisecond' | 'mpeg' | 'frame';
};

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

const pcm =
  'pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be pcm_s8 pcm_u8 pcm_alaw pcm_mulaw';

const quickTime = {
  tags: set(
    'title artist author album_artist album composer comment genre copyright grouping lyrics description synopsis show episode_id network keywords episode_sort season_number media_type hd_video gapless_playback compilation track disc tmpo date year location make model software performer performers',
  ),
  coverArt: 'stream',
  attachments: false,
  chapters: true,
  streamTags: true,
  rotation: true,
  ticks: 'own',
  textSubtitles: 'mov_text',
} as const;

const mp4: Container = {
  ...quickTime,
  title: 'MP4',
  muxer: 'mp4',
  extensions: ['.mp4', '.m4v'],
  video: ['h264', 'hevc', 'vp9', 'av1'],
  audio: set('aac mp3 mp2 ac3 eac3 alac dts vorbis opus flac'),
  subtitles: set('mov_text dvd_subtitle'),
};

const mov: Container = {
  ...quickTime,
  title: 'QuickTime',
  muxer: 'mov',
  extensions: ['.mov', '.qt'],
  video: ['h264', 'hevc', 'prores', 'ffv1'],
  audio: set(
    `aac mp3 mp2 ac3 eac3 alac amr_nb amr_wb gsm qdm2 adpcm_ima_qt adpcm_ima_wav adpcm_ms ${pcm}`,
  ),
  subtitles: set('mov_text eia_608'),
};

const matroska: Container = {
  title: 'Matroska',
  muxer: 'matroska',
  extensions: ['.mkv'],
  video: ['h264', 'hevc', 'vp9', 'av1', 'prores', 'ffv1'],
  audio: null,
  subtitles: set(
    'subrip srt ass ssa webvtt dvd_subtitle hdmv_pgs_subtitle hdmv_text_subtitle dvb_subtitle arib_caption',
  ),
  textSubtitles: 'srt',
  coverArt: 'attachment',
  attachments: true,
  chapters: true,
  streamTags: true,
  tags: null,
  rotation: false,
  ticks: 'millisecond',
};

const webm: Container = {
  ...matroska,
  title: 'WebM',
  muxer: 'webm',
  extensions: ['.webm'],
  video: ['vp9', 'av1'],
  audio: set('vorbis opus'),
  subtitles: set('webvtt'),
  textSubtitles: 'webvtt',
  coverArt: 'none',
  attachments: false,
};

const mpegTs: Container = {
  title: 'MPEG-TS',
  muxer: 'mpegts',
  extensions: ['.ts', '.m2ts', '.mts'],
  video: ['h264', 'hevc'],
  audio: set('aac aac_latm mp1 mp2 mp3 ac3 eac3 dts truehd opus s302m pcm_bluray'),
  subtitles: set('dvb_subtitle dvb_teletext'),
  textSubtitles: null,
  coverArt: 'none',
  attachments: false,
  chapters: false,
  streamTags: false,
  tags: set('service_name service_provider'),
  rotation: false,
  ticks: 'mpeg',
};

const avi: Container = {
  title: 'AVI',
  muxer: 'avi',
  extensions: ['.avi'],
  video: ['h264', 'ffv1'],
  audio: set(
    'mp2 mp3 ac3 aac pcm_s16le pcm_s24le pcm_s32le pcm_u8 pcm_f32le pcm_alaw pcm_mulaw adpcm_ms adpcm_ima_wav wmav1 wmav2 flac dts',
  ),
  subtitles: set(''),
  textSubtitles: null,
  coverArt: 'none',
  attachments: false,
  chapters: false,
  streamTags: true,
  tags: set('title artist copyright comment album genre language track date software'),
  rotation: false,
  ticks: 'frame',
};

const threeGp: Container = {
  ...quickTime,
  title: '3GP',
  muxer: '3gp',
  extensions: ['.3gp'],
  video: ['h264'],
  audio: set('aac amr_nb amr_wb'),
  subtitles: set('mov_text'),
  coverArt: 'none',
};

/** Every container vsr writes, the usual ones first. */
export const containers: readonly Container[] = [mp4, mov, matroska, webm, mpegTs, avi, threeGp];

/** The container of a muxer's name. */
export function containerOfMuxer(muxer: string): Container {
  const found = containers.find((container) => container.muxer === muxer);
  if (found === undefined) throw new RangeError(`no container is written by ${muxer}`);
  return found;
}

/** The container that a file name's extension asks for; `null` if vsr writes none of that name. */
export function containerOfPath(file: string): Container | null {
  const extension = path.extname(file).toLowerCase();
  return containers.find(({ extensions }) => extensions.includes(extension)) ?? null;
}

/**
 * The container an output is written in: Matroska for `-`, else by the extension.
 * Throws `VsrError('option')` for an extension that vsr does not write.
 */
export function requireContainer(output: string): Container {
  const found = output === '-' ? matroska : containerOfPath(output);
  if (found !== null) return found;
  const known = containers.flatMap(({ extensions }) => extensions).join(', ');
  throw badValue(`a file name ending in one of ${known}`, 'the output', path.basename(output));
}
