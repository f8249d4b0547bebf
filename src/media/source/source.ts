import type { PixelFormat } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import type { ChromaSiting } from '../../planes/siting.js';
import type { SideData } from '../marks/side-data.js';
import type { FieldOrder, RunPlan } from './footage-runs.js';
import type { Conversion } from './travel-format.js';

export type { FieldOrder };

/** A part of a picture, in luma samples, and the size of the whole. */
export type Crop = {
  readonly width: number;
  readonly height: number;
  /** Columns to its left, and lines above it. */
  readonly x: number;
  readonly y: number;
  readonly of: { readonly width: number; readonly height: number };
};

/** How whole frames are made of fields. */
export type FieldFrames = {
  /** The field that is shown first. */
  readonly order: FieldOrder;
  /** `frame`: one frame for each of the source's. `field`: one for each field, twice as many. */
  readonly rate: 'frame' | 'field';
};

/**
 * How the numbers of a clip become colours. Values are ffmpeg's names; `null` where the clip does
 * not say.
 */
export type Colour = {
  readonly range: 'tv' | 'pc' | null;
  readonly matrix: string | null;
  readonly primaries: string | null;
  readonly transfer: string | null;
  readonly siting: ChromaSiting | null;
};

/**
 * How a player shows a picture, as MP4 stores it: `[a b u, c d v, x y w]`, row by row, 16.16 fixed
 * point and 2.30 in the last column. A sample at (p, q) is shown at (ap + cq + x, bp + dq + y).
 */
export type DisplayMatrix = readonly number[];

/** How frames are turned to look as a matrix shows them. */
export type Turn = {
  /** ffmpeg's filters. */
  readonly filters: readonly string[];
  /** Width and height change places. */
  readonly transposed: boolean;
  /** Columns change their order; so do rows. Of a transposed picture: before that. */
  readonly flipped: readonly [sideways: boolean, downwards: boolean];
  /** For people: `the turn by 90 degrees`. */
  readonly title: string;
};

/** Static and dynamic HDR metadata found on the video. */
export type HdrMetadata = {
  /**
   * x265's `master-display` syntax, e.g.
   * `G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)`.
   */
  readonly masteringDisplay: string | null;
  /** `MaxCLL,MaxFALL` in candela per square metre. */
  readonly contentLight: string | null;
  readonly hdr10Plus: boolean;
  /** Dolby Vision profile, e.g. 8; `null` without. */
  readonly dolbyVisionProfile: number | null;
};

/** Any stream of a clip, as ffprobe names it. */
export type StreamInfo = {
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment' | 'unknown';
  /** ffmpeg's codec name; `unknown` where it knows none. */
  readonly codec: string;
  readonly codecTag: string;
  readonly language: string | null;
  readonly title: string | null;
  /** ffmpeg's disposition names that are set, e.g. `default`, `attached_pic`. */
  readonly dispositions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Ticks of this stream's timestamps, in seconds; `null` where it has none. */
  readonly timeBase: Ratio | null;
  /** First timestamp in seconds; `null` where unknown. */
  readonly startTime: number | null;
  /** Seconds, as the container states; `null` where it does not. */
  readonly duration: number | null;
  /** Bits a second as stated; `null` where unknown. */
  readonly bitRate: number | null;
  /** Packets as the container states; `null` where it does not. */
  readonly packetCount: number | null;
  /** Of sound; `null` for others. */
  readonly sampleRate: number | null;
  readonly channels: number | null;
  /** Of sound: what its decoder gives, e.g. `s16`, `fltp`; `null` for others. */
  readonly sampleFormat: string | null;
  /** Bits that count in each sample, where the stream says so. */
  readonly sampleBits: number | null;
  /** ffmpeg's name of the profile, e.g. `High 10`; `null` where unknown. */
  readonly profile: string | null;
};

/** The video stream that is enlarged. */
export type VideoStream = StreamInfo & {
  readonly kind: 'video';
  /** Luma samples as decoded, before rotation and sample aspect ratio. */
  readonly width: number;
  readonly height: number;
  /** ffmpeg's pix_fmt of the stream. */
  readonly sourceFormat: string;
  /**
   * The planar format its frames travel in: the same samples, or YUV 4:4:4 for RGB and palette
   * sources.
   */
  readonly format: PixelFormat;
  /**
   * The pix_fmt asked of ffmpeg, whose bytes are `format`'s: differs for full-range `yuvj` names
   * only.
   */
  readonly request: string;
  /** What becomes of the samples on the way into `format`. */
  readonly conversion: Conversion;
  /**
   * The decoder to use where ffmpeg's own choice would lose something (alpha in VP8 and VP9);
   * `null` for its choice.
   */
  readonly decoder: string | null;
  /** Ticks are `num/den` seconds. */
  readonly timeBase: Ratio;
  /**
   * Where frames' times come from: `stream` its own timestamps; `nominal` counted from 0 at
   * `frameRate`, since the file has none (elementary streams) or the same for all.
   */
  readonly times: 'stream' | 'nominal';
  /** Nominal frames a second; `null` where unknown. */
  readonly frameRate: Ratio | null;
  /** As the container states; `null` where it does not. Never trusted for correctness. */
  readonly frameCount: number | null;
  readonly colour: Colour;
  /** Sample aspect ratio; `null` for square or unknown. */
  readonly sampleAspect: Ratio | null;
  /** Degrees clockwise that a player turns the picture: 0, 90, 180, 270. */
  readonly rotation: number;
  /** How a player shows the picture; `null` for as it is. */
  readonly matrix: DisplayMatrix | null;
  /**
   * What is done to frames as they are decoded, since the output's container cannot say it; `null`
   * for nothing.
   */
  readonly turn: Turn | null;
  /** The part of each frame that is decoded, before it is turned; `null` for all of it. */
  readonly crop: Crop | null;
  /**
   * Noise that is taken out as frames are decoded: its standard deviation in grey levels of 255;
   * `null` for none.
   */
  readonly denoise: number | null;
  /** How whole frames are made of fields as they are decoded; `null` where they are left alone. */
  readonly fields: FieldFrames | null;
  /**
   * What becomes of the frames of each part of the clip as they are decoded; `null` where all are
   * treated alike.
   */
  readonly runs: RunPlan | null;
  /** What the stream's flags say, which need not be true. */
  readonly interlaced: 'no' | 'top-first' | 'bottom-first';
  readonly hdr: HdrMetadata;
  /** What else goes with the pictures, each kind once. */
  readonly sideData: readonly SideData[];
  /** CEA-608/708 captions ride inside the video. */
  readonly closedCaptions: boolean;
  /** Lossless as coded (ffv1, rawvideo, png, gif ...): never "compressed" for choosing a model. */
  readonly lossless: boolean;
};

/** A chapter: start and end in seconds. */
export type Chapter = {
  readonly start: number;
  readonly end: number;
  readonly title: string | null;
};

/** Headerless raw video, as the caller describes it. */
export type RawVideoInput = {
  /** pix_fmt, e.g. `yuv420p`. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate: Ratio;
};

/** A clip that was probed: what is in it, and which stream is enlarged. */
export type Source = {
  /** Absolute path of a plain file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** ffprobe's format name, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** Seconds; may be negative, 0 where unknown. */
  readonly startTime: number;
  readonly duration: number | null;
  readonly video: VideoStream;
  /** Every stream in file order, the video stream among them. */
  readonly streams: readonly StreamInfo[];
  readonly chapters: readonly Chapter[];
  /** Container metadata. */
  readonly tags: Readonly<Record<string, string>>;
  /** Set for headerless input. */
  readonly raw: RawVideoInput | null;
  /** What is odd about the clip and what is done about it, in sentences for the user. */
  readonly remarks: readonly string[];
};

/**
 * Whether ffmpeg's demuxer of this name reads a container with an index: it finds a keyframe at the
 * times that reading from the start gives, and its packets hold whole pictures.
 */
export function isIndexed(container: string): boolean {
  return /(?:^|,)(?:mov|matroska)(?:,|$)/.test(container);
}
