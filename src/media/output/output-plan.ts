import { encodersOf } from './encoder-limits.js';
import path from 'node:path';
import { VsrError, badValue } from '../../errors.js';
import {
  frameLayout,
  pixelFormats,
  type FrameLayout,
  type PixelFormat,
} from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import { capabilities, encoderPixelFormats } from '../program/capabilities.js';
import { codecsFor, encoderArguments, nearestFormat, needsEvenSides, whyUnfit } from './codecs.js';
import { containers, requireContainer, type Container, type VideoCodec } from './containers.js';
import { alphaCodec } from './default-container.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Colour, DisplayMatrix, Source, VideoStream } from '../source/source.js';
import { muxerTrials, type Takes } from './muxer-trial.js';
import { pictureLineNotes } from './picture-lines.js';
import { framePacking } from './side-data-losses.js';
import {
  planStreams,
  refuseUnevenSound,
  type Announcement,
  type StreamPlan,
} from './stream-plan.js';
import { allTracks, withoutTracks, type TracksLeftOut } from '../tracks/track-choice.js';
import { checkUserWords, joinWords } from './user-words.js';
import { videoAnnouncements } from './video-losses.js';

export type { Announcement, StreamPlan } from './stream-plan.js';

/**
 * A part of the source: a span of its clock in seconds, `from` inclusive and `to` exclusive, or its
 * first frames.
 */
export type Trim = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly frames?: number | undefined;
};

/** Luma samples each way. */
export type Size = { readonly width: number; readonly height: number };

/** What the user wants of an output. */
export type OutputRequest = {
  /** Path of the finished file; `-` is Matroska on stdout. */
  readonly output: string;
  readonly codec: 'auto' | VideoCodec;
  /** Constant quality in the encoder's own scale; lower is better. Default: visually lossless. */
  readonly crf?: number | undefined;
  /** Mean bits a second of the video, in place of a constant quality. */
  readonly bitrate?: number | undefined;
  readonly preset?: string | undefined;
  /** ffmpeg's pix_fmt to encode in, e.g. `yuv420p`. Default: the nearest to the source's. */
  readonly pixelFormat?: string | undefined;
  /** Further options of the encoder, each followed by its value. */
  readonly ffmpegArgs?: readonly string[] | undefined;
  /** Luma samples of the enlarged picture. */
  readonly width: number;
  readonly height: number;
  /** The size to reduce the enlarged picture to. Default: as it is. */
  readonly reduceTo?: Size | undefined;
  readonly trim?: Trim | undefined;
  /** Tracks that are not wanted. Default: none. */
  readonly leftOut?: TracksLeftOut | undefined;
};

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

type Choice = {
  readonly codec: VideoCodec;
  readonly encoder: string;
  readonly format: PixelFormat;
};

/** The encoder of `codec` in this binary and the format it takes; throws if there is none. */
async function encoderOf(
  ffmpeg: Ffmpeg,
  codec: VideoCodec,
  format: PixelFormat,
  { pixelFormat: wanted, ...request }: OutputRequest,
  wantsAlpha: boolean,
): Promise<Choice> {
  const size = request.reduceTo ?? request;
  const encoders = await capabilities(ffmpeg, 'encoders');
  let refused = '';
  for (const encoder of encodersOf[codec]) {
    if (!encoders.has(encoder)) continue;
    const offered = await encoderPixelFormats(ffmpeg, encoder);
    if (wanted !== undefined && !offered.has(wanted)) {
      const known = [...offered].filter((name) => pixelFormats.has(name));
      refused ||= `Expected a --pix-fmt that ${encoder} takes but received ${JSON.stringify(wanted)}. It takes ${known.join(', ')}.`;
      continue;
    }
    const nearest =
      wanted === undefined
        ? nearestFormat(format, offered, wantsAlpha)
        : (pixelFormats.get(wanted) ?? null);
    const unfit = nearest === null ? null : whyUnfit(encoder, nearest, size);
    if (unfit !== null) refused ||= `${unfit} Try another --codec.`;
    else if (nearest !== null) return { codec, encoder, format: nearest };
  }
  if (refused !== '') throw new VsrError('option', refused);
  throw new VsrError(
    'option',
    `${ffmpeg.ffmpeg} (${ffmpeg.version}) has no encoder for ${codec}: it would be ${encodersOf[codec].join(' or ')}. Try another --codec, or another ffmpeg with --ffmpeg.`,
  );
}

async function chooseEncoder(
  ffmpeg: Ffmpeg,
  container: Container,
  source: Source,
  request: OutputRequest,
): Promise<Choice> {
  const { format } = source.video;
  if (request.pixelFormat !== undefined && !pixelFormats.has(request.pixelFormat)) {
    throw badValue(
      `one of ${[...pixelFormats.keys()].join(', ')}`,
      '--pix-fmt',
      request.pixelFormat,
    );
  }
  if (request.codec !== 'auto') {
    if (!container.video.includes(request.codec)) {
      const others = containers.filter(({ video }) => video.includes(request.codec as VideoCodec));
      throw new VsrError(
        'option',
        `${container.title} cannot hold ${request.codec}. Name an output ending in ${others.map(({ extensions }) => extensions[0]).join(', ')}, or use --codec ${container.video.join(' or ')}.`,
      );
    }
    const keeps = alphaCodec(container, format, request.codec) !== null;
    return encoderOf(ffmpeg, request.codec, format, request, keeps);
  }
  const wantsAlpha = format.alpha && alphaCodec(container, format, 'auto') !== null;
  let first: unknown;
  for (const codec of codecsFor(container, format, wantsAlpha)) {
    try {
      return await encoderOf(ffmpeg, codec, format, request, wantsAlpha);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

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
  const { codec, encoder, format } = await chooseEncoder(ffmpeg, container, source, request);
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
