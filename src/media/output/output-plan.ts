import path from 'node:path';
import { VsrError } from '../../errors.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import { capabilities } from '../program/capabilities.js';
import { encoderArguments, needsEvenSides } from '../formats/codecs.js';
import { requireContainer, type VideoCodec } from '../formats/containers.js';
import { chooseEncoder } from './choose-encoder.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Colour, DisplayMatrix, Source, VideoStream } from '../source/source.js';
import { muxerTrials, type Takes } from './muxer-trial.js';
import type { OutputRequest, Trim } from './output-request.js';
import { pictureLineNotes } from './picture-lines.js';
import { framePacking } from './side-data-losses.js';
import {
  planStreams,
  refuseUnevenSound,
  type Announcement,
  type StreamPlan,
} from './stream-plan.js';
import { allTracks, withoutTracks } from '../tracks/track-choice.js';
import { checkUserWords, joinWords } from '../formats/user-words.js';
import { videoAnnouncements } from './video-losses.js';

export type { OutputRequest, Trim } from './output-request.js';
export type { Announcement, StreamPlan } from './stream-plan.js';

/** How an output is made: a plain object, complete before the job starts. */
export type OutputPlan = {
  /** ffmpeg's name of the muxer. */
  readonly container: string;
  /** With the dot. */
  readonly extension: string;
  /** ffmpeg's name of the video encoder. */
  readonly encoder: string;
  readonly codec: VideoCodec;
  /** ffmpeg's arguments that choose and set the encoder, the user's included. */
  readonly encoderArgs: readonly string[];
  /** Mean bits per second of the video; absent where its quality is constant. */
  readonly bitrate?: number;
  /** Layout of the frames to encode: the enlarged picture, in the format in which frames travel. */
  readonly frameLayout: FrameLayout;
  /** Luma samples as encoded: padded to even sides where the codec needs them. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** Whether the enlarged picture is reduced to the coded size (--to). */
  readonly reduces: boolean;
  /** ffmpeg's pix_fmt of the encoded video. */
  readonly pixelFormat: string;
  /** ffmpeg's pix_fmt in which the encoder is given frames, where that is another one. */
  readonly carrier?: string;
  readonly keepsAlpha: boolean;
  /** Length of a tick of the frames' timestamps, in seconds. */
  readonly timeBase: Ratio;
  /** Nominal frames per second; `null` where the source does not state it. */
  readonly frameRate: Ratio | null;
  readonly colour: Colour;
  readonly sampleAspect: Ratio | null;
  /** How players turn or mirror the enlarged picture; `null` for not at all. */
  readonly matrix: DisplayMatrix | null;
  /** What becomes of each stream of the source, in its order. */
  readonly streams: readonly StreamPlan[];
  /** Codec of the subtitle stream made of the CEA-608 captions in the video; `null` for none. */
  readonly captions: string | null;
  readonly announcements: readonly Announcement[];
  /** The part of the source that is taken; `null` for all of it. */
  readonly trim: Trim | null;
};

/** The display matrix for the larger picture: its translation grows with the picture. */
function enlargedMatrix(video: VideoStream, width: number, height: number): DisplayMatrix | null {
  const { matrix } = video;
  if (matrix === null) return null;
  const [across, down] = [width / video.width, height / video.height];
  const isTransposed = matrix[0] === 0 && matrix[4] === 0;
  const [x, y] = isTransposed ? [down, across] : [across, down];
  return matrix.map((value, i) =>
    i === 6 ? Math.round(value * x) : i === 7 ? Math.round(value * y) : value,
  );
}

/** `size`, rounded up to an even number where chroma is subsampled by 2 to the power of `log2`. */
const padded = (size: number, log2: 0 | 1): number => (size + log2) & ~log2;

/**
 * Decides how an output is made. Writes nothing but trials, in a temporary folder. Throws
 * `VsrError('option')`, which names what the container, the encoder or this ffmpeg cannot do.
 */
export async function planOutput(
  ffmpeg: Ffmpeg,
  source: Source,
  request: OutputRequest,
  takes: Takes = muxerTrials(ffmpeg, source),
): Promise<OutputPlan> {
  const container = requireContainer(request.output);
  const { leftOut = allTracks } = request;
  refuseUnevenSound(container, withoutTracks(source, leftOut), request.trim?.from);
  const muxers = await capabilities(ffmpeg, 'muxers');
  if (!muxers.has(container.muxer)) {
    throw new VsrError('option', `${ffmpeg.ffmpeg} cannot write ${container.title}.`);
  }
  const { video } = source;
  const choice = await chooseEncoder(ffmpeg, container, source, request);
  const { codec, encoder, format } = choice;
  const { width, height } = request.reduceTo ?? request;
  const chroma = needsEvenSides(codec) ? format.chroma : null;
  const codedWidth = padded(width, chroma?.log2X ?? 0);
  const codedHeight = padded(height, chroma?.log2Y ?? 0);
  const keepsAlpha = video.format.alpha && format.alpha;
  const encoderArgs = encoderArguments({
    ...{ encoder, container, format, width, height },
    ...{ frameRate: video.frameRate, colour: video.colour, hdr: video.hdr },
    framePacking: framePacking(video),
    ...{ crf: request.crf, bitrate: request.bitrate, preset: request.preset },
  });
  const theirs = request.ffmpegArgs ?? [];
  await checkUserWords(ffmpeg, encoder, theirs);
  const { streams, announcements } = await planStreams(container, source, takes, leftOut);
  const captions =
    video.closedCaptions && leftOut.captions === null ? container.textSubtitles : null;
  return {
    container: container.muxer,
    extension: request.output === '-' ? '.mkv' : path.extname(request.output).toLowerCase(),
    encoder,
    codec,
    encoderArgs: joinWords(encoderArgs, theirs),
    ...(request.bitrate === undefined ? {} : { bitrate: request.bitrate }),
    frameLayout: frameLayout(video.format, request.width, request.height),
    codedWidth,
    codedHeight,
    reduces: request.reduceTo !== undefined,
    pixelFormat: format.name,
    ...(choice.carrier === format.name ? {} : { carrier: choice.carrier }),
    keepsAlpha,
    timeBase: video.timeBase,
    frameRate: video.frameRate,
    colour: video.colour,
    sampleAspect: video.sampleAspect,
    matrix: container.rotation ? enlargedMatrix(video, codedWidth, codedHeight) : null,
    streams,
    captions,
    announcements: [
      ...videoAnnouncements({
        ...{ source, container, codec, encoder, format, captions },
        ...{ width, height, codedWidth, codedHeight, leftOut },
      }),
      ...announcements,
      ...(request.trim?.from === undefined ? [] : pictureLineNotes(source.streams, streams)),
    ],
    trim: request.trim ?? null,
  };
}
