import { VsrError } from '../../errors.js';
import type { InputFile } from './input-file.js';
import { numberAt, textAt, type Json } from './probe-stream.js';
import type { StreamInfo } from './source.js';

/** Dispositions of pictures that accompany a clip. */
const stillDispositions = new Set(['attached_pic', 'timed_thumbnails', 'still_image']);

/** Codec tags of encrypted streams in MP4. */
const encryptedTags = new Set(['encv', 'enca', 'drmi', 'drms']);

/** Whether a stream is encrypted, according to the container. */
export function isEncrypted(stream: StreamInfo): boolean {
  return encryptedTags.has(stream.codecTag) || 'enc_key_id' in stream.tags;
}

/**
 * Chooses the video stream to enlarge, which is never cover art. Empty tracks come last; of the
 * others the one marked as default comes first, then the largest, then the first in the file.
 * `json` are ffprobe's streams. Throws `VsrError('media')` if there is none.
 */
export function chooseVideo(
  file: InputFile,
  streams: readonly StreamInfo[],
  json: readonly Json[],
): StreamInfo {
  const all = streams.filter((stream) => stream.kind === 'video');
  const moving = all.filter((stream) => !stream.dispositions.some((d) => stillDispositions.has(d)));
  if (moving.length === 0) {
    const held = [...new Set(streams.map((stream) => stream.kind))].join(' and ');
    const what = all.length > 0 ? 'cover art only' : held === '' ? 'nothing' : `only ${held}`;
    throw new VsrError('media', `${file.path} has no video stream: it holds ${what}.`);
  }
  const weight = (stream: StreamInfo): readonly number[] => {
    const own = json.find((each) => numberAt(each, 'index') === stream.index) ?? {};
    return [
      // A track without a pixel format is empty.
      textAt(own, 'pix_fmt') !== null || isEncrypted(stream) ? 1 : 0,
      stream.dispositions.includes('default') ? 1 : 0,
      (numberAt(own, 'width') ?? 0) * (numberAt(own, 'height') ?? 0),
      -stream.index,
    ];
  };
  return moving.reduce((best, stream) => {
    const [a, b] = [weight(stream), weight(best)];
    const place = a.findIndex((part, i) => part !== b[i]);
    return place >= 0 && a[place]! > b[place]! ? stream : best;
  });
}

/** Which ffmpeg can decode a codec that many builds cannot, for messages. */
const whoDecodes: Readonly<Record<string, string>> = {
  av1: 'an ffmpeg with libdav1d (4.2 or newer; any current build has it)',
  vvc: 'ffmpeg 7.1 or newer',
  evc: 'an ffmpeg with libxevd (6.1 or newer)',
  avs3: 'an ffmpeg with libuavs3d',
  apv: 'ffmpeg 8.0 or newer',
};

/** Codecs by tags, for an ffprobe that does not know the codec. */
const codecsByTag: Readonly<Record<string, string>> = {
  ...{ vvc1: 'vvc', vvi1: 'vvc', av01: 'av1', evc1: 'evc', apv1: 'apv' },
};

/**
 * Throws `VsrError('media')` if `video` is encrypted, or if its codec is not among
 * `decodableCodecs`.
 */
export function refuseUndecodable(
  file: InputFile,
  video: StreamInfo,
  decodableCodecs: ReadonlySet<string>,
): void {
  if (isEncrypted(video)) {
    throw new VsrError('media', `${file.path} is encrypted (DRM): its video cannot be decoded.`);
  }
  const codec =
    video.codec === 'unknown' ? (codecsByTag[video.codecTag] ?? 'unknown') : video.codec;
  if (decodableCodecs.has(codec)) return;
  const name = codec === 'unknown' ? `unknown to it (tag ${video.codecTag})` : codec;
  const who = whoDecodes[codec] ?? 'a newer ffmpeg may';
  const advice = codec in whoDecodes ? `${who} can; name it with --ffmpeg or VSR_FFMPEG` : who;
  throw new VsrError(
    'media',
    `This ffmpeg cannot decode the video of ${file.path}: its codec is ${name}. Try: ${advice}.`,
  );
}

/**
 * The decoder to use instead of ffmpeg's default, if this ffmpeg has it; `null` for none. ffmpeg's
 * own VP8 and VP9 decoders ignore alpha, which is stored beside the packets.
 */
export function preferredDecoder(video: StreamInfo): string | null {
  // ffmpeg writes the name of the tag in capitals.
  if ((video.tags['alpha_mode'] ?? video.tags['ALPHA_MODE']) !== '1') return null;
  return { vp8: 'libvpx', vp9: 'libvpx-vp9' }[video.codec] ?? null;
}
