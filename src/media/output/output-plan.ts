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

/** How an output is made; decided wholly before the start, a plain object. */
export type OutputPlan = {
  /** ffmpeg's muxer. */
  readonly container: string;
  /** With the dot. */
  readonly extension: string;
  readonly encoder: string;
  readonly codec: VideoCodec;
  /** Words that choose and set the encoder, the user's own among them. */
  readonly encoderArgs: readonly string[];
  /** Mean bits a second that the video was limited to; left out where its quality is constant. */
  readonly bitrate?: number;
  /** What the encoder is given: the enlarged picture in the format frames travel in. */
  readonly frameLayout: FrameLayout;
  /** Luma samples as encoded, after padding to even sides where the codec needs it. */
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** The enlarged picture is reduced to the coded size. */
  readonly reduces: boolean;
  /** ffmpeg's pix_fmt as encoded. */
  readonly pixelFormat: string;
  /** ffmpeg's pix_fmt that the encoder is given, where it takes the samples in another layout. */
  readonly carrier?: string;
  readonly keepsAlpha: boolean;
  /** Ticks of the timestamps that frames come with, in seconds. */
  readonly timeBase: Ratio;
  /** Nominal frames a second; `null` where the source does not say. */
  readonly frameRate: Ratio | null;
  readonly colour: Colour;
  readonly sampleAspect: Ratio | null;
  /** How a player shows the picture, for the enlarged size; `null` for as it is. */
  readonly matrix: DisplayMatrix | null;
  /** What becomes of each stream of the source, in its order. */
  readonly streams: readonly StreamPlan[];
  /** CEA-608 captions inside the video are added as a subtitle stream of this codec. */
  readonly captions: string | null;
  readonly announcements: readonly Announcement[];
  readonly trim: Trim | null;
};

/** The display matrix of the larger picture: what it moves the picture by grows along. */
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

/** `size` rounded up to even where `log2` says that chroma halves it. */
const padded = (size: number, log2: 0 | 1): number => (size + log2) & ~log2;

/**
 * Decides how an output is made; writes nothing but trials of the container, in a temporary folder.
 * Throws `VsrError('option')`, by name, for what the container, the encoder or this ffmpeg cannot
 * do.
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
