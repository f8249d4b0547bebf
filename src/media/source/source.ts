import type { PixelFormat } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import type { ChromaSiting } from '../../planes/siting.js';
import type { SideData } from '../marks/side-data.js';
import type { FieldOrder, RunPlan } from './footage-runs.js';
import type { Conversion } from './travel-format.js';

export type { FieldOrder };

/** A part of a picture, in luma samples. */
export type Crop = {
  readonly width: number;
  readonly height: number;
  /** Columns to the left of it. */
  readonly x: number;
  /** Rows above it. */
  readonly y: number;
  /** The size of the whole picture. */
  readonly of: { readonly width: number; readonly height: number };
};

/** How frames are deinterlaced. */
export type FieldFrames = {
  /** The field that is shown first. */
  readonly order: FieldOrder;
  /** `frame`: one frame per frame of the source. `field`: one per field, twice as many. */
  readonly rate: 'frame' | 'field';
};

/**
 * What the sample values of a clip mean as colours. Values are ffmpeg's names; `null` where the
 * clip does not state them.
 */
export type Colour = {
  readonly range: 'tv' | 'pc' | null;
  readonly matrix: string | null;
  readonly primaries: string | null;
  readonly transfer: string | null;
  readonly siting: ChromaSiting | null;
};

/**
 * How players transform a picture, in the form of MP4: `[a b u, c d v, x y w]`, row by row, in
 * 16.16 fixed point, and 2.30 in the last column. A sample at (p, q) is shown at (ap + cq + x, bp +
 * dq + y).
 */
export type DisplayMatrix = readonly number[];

/** How frames are turned or mirrored, in place of a display matrix. */
export type Turn = {
  /** ffmpeg's filters that do it. */
  readonly filters: readonly string[];
  /** Whether width and height are exchanged. */
  readonly transposed: boolean;
  /** Whether the order of columns, and that of rows, is reversed; before a transposition. */
  readonly flipped: readonly [sideways: boolean, downwards: boolean];
  /** For people: `the turn by 90 degrees`. */
  readonly title: string;
};

/** HDR metadata of the video; `null` for what it does not have. */
export type HdrMetadata = {
  /**
   * In the syntax of x265's option `master-display`, such as
   * `G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)`.
   */
  readonly masteringDisplay: string | null;
  /** `MaxCLL,MaxFALL` in candela per square metre. */
  readonly contentLight: string | null;
  readonly hdr10Plus: boolean;
  /** Dolby Vision profile, such as 8. */
  readonly dolbyVisionProfile: number | null;
};

/** A stream of a clip, as ffprobe reports it; `null` for what is unknown or does not apply. */
export type StreamInfo = {
  /** ffmpeg's index of the stream in its file, from 0. */
  readonly index: number;
  /** The container's own number of the stream, such as its PID; `null` where it has none. */
  readonly id: number | null;
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment' | 'unknown';
  /** ffmpeg's name of the codec; `unknown` where it has none. */
  readonly codec: string;
  /** The container's four-character tag of the codec; empty where it has none. */
  readonly codecTag: string;
  readonly language: string | null;
  readonly title: string | null;
  /** ffmpeg's names of the dispositions that are set, such as `default` or `attached_pic`. */
  readonly dispositions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Length of a tick of its timestamps, in seconds. */
  readonly timeBase: Ratio | null;
  /** First timestamp in seconds. */
  readonly startTime: number | null;
  /** Duration in seconds, as the container states it. */
  readonly duration: number | null;
  /** Bits per second, as the container states it. */
  readonly bitRate: number | null;
  /** Number of packets, as the container states it. */
  readonly packetCount: number | null;
  /** Audio samples per second. */
  readonly sampleRate: number | null;
  /** Number of audio channels. */
  readonly channels: number | null;
  /** Sample format of the audio decoder, such as `s16` or `fltp`. */
  readonly sampleFormat: string | null;
  /** Number of significant bits per audio sample. */
  readonly sampleBits: number | null;
  /** ffmpeg's name of the profile, such as `High 10`. */
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
   * The planar format in which its frames travel: with the same samples, or YUV 4:4:4 for RGB and
   * palettes.
   */
  readonly format: PixelFormat;
  /**
   * The pix_fmt that ffmpeg is asked for. Its bytes are those of `format`; only for full range its
   * name (`yuvj...`) is another one.
   */
  readonly request: string;
  /** How samples are converted into `format`. */
  readonly conversion: Conversion;
  /**
   * The decoder to use where ffmpeg's default would lose something (alpha in VP8 and VP9); `null`
   * for the default.
   */
  readonly decoder: string | null;
  /** Length of a tick of its timestamps, in seconds. */
  readonly timeBase: Ratio;
  /**
   * Where the times of frames come from. `stream`: from its timestamps. `nominal`: they are counted
   * from 0 at `frameRate`, because the file has no timestamps, or the same for all frames. `flags`:
   * from 0 as the frames' flags to repeat fields say, in a file without timestamps.
   */
  readonly times: 'stream' | 'nominal' | 'flags';
  /** Nominal frames per second; `null` where unknown. */
  readonly frameRate: Ratio | null;
  /**
   * As the container states it, two fields that are stored apart as one; `null` where it does not.
   * It may be wrong.
   */
  readonly frameCount: number | null;
  readonly colour: Colour;
  /** Sample aspect ratio; `null` for square or unknown. */
  readonly sampleAspect: Ratio | null;
  /** Degrees by which players turn the picture clockwise: 0, 90, 180 or 270. */
  readonly rotation: number;
  /** How players turn or mirror the picture; `null` for not at all. */
  readonly matrix: DisplayMatrix | null;
  /**
   * How frames are turned while they are decoded, because the output's container cannot hold a
   * display matrix; `null` for not at all.
   */
  readonly turn: Turn | null;
  /** The part of each frame that is decoded, before it is turned; `null` for all of it. */
  readonly crop: Crop | null;
  /**
   * Noise that is removed while frames are decoded: its standard deviation in grey levels of 255;
   * `null` for none.
   */
  readonly denoise: number | null;
  /** How all frames are deinterlaced while they are decoded; `null` for not at all. */
  readonly fields: FieldFrames | null;
  /**
   * What is done with the frames of each part of the clip while they are decoded; `null` where all
   * are treated alike.
   */
  readonly runs: RunPlan | null;
  /** Interlacing according to the stream's flags, which may be wrong. */
  readonly interlaced: 'no' | 'top-first' | 'bottom-first';
  readonly hdr: HdrMetadata;
  /** Further side data of the pictures, each kind once. */
  readonly sideData: readonly SideData[];
  /** Whether there are CEA-608/708 captions inside the video. */
  readonly closedCaptions: boolean;
  /** Whether its codec has no compression artefacts (ffv1, rawvideo, png, gif ...). */
  readonly lossless: boolean;
};

/** A chapter: start and end in seconds. */
export type Chapter = {
  readonly start: number;
  readonly end: number;
  readonly title: string | null;
};

/** The layout of headerless raw video, as the user describes it. */
export type RawVideoInput = {
  /** ffmpeg's pix_fmt, such as `yuv420p`. */
  readonly format: string;
  /** Luma samples. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly rate: Ratio;
};

/** The facts of a clip that was probed, and the stream of it that is enlarged. */
export type Source = {
  /** Absolute path of a plain file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** ffprobe's name of the format, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** First timestamp in seconds, which may be negative; 0 where unknown. */
  readonly startTime: number;
  /** Duration in seconds, as the container states it; `null` where it does not. */
  readonly duration: number | null;
  /** The stream that is enlarged. */
  readonly video: VideoStream;
  /** Every stream in the order of the file, `video` included. */
  readonly streams: readonly StreamInfo[];
  readonly chapters: readonly Chapter[];
  /** The tags of the file. */
  readonly tags: Readonly<Record<string, string>>;
  /** The layout of headerless raw video; `null` for other files. */
  readonly raw: RawVideoInput | null;
  /** What is unusual about the clip and what is done about it, in sentences for the user. */
  readonly remarks: readonly string[];
};

/**
 * Whether ffmpeg's demuxer of this name uses an index. It then finds key frames at the same times
 * as when reading from the beginning, and packets hold whole pictures.
 */
export function isIndexed(container: string): boolean {
  return /(?:^|,)(?:mov|matroska)(?:,|$)/.test(container);
}
