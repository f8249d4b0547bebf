import { chromaKernels, type ChromaKernel } from '../../enlarge/chroma/chroma-kernels.js';
import type { PauseControl } from '../../pause-control.js';
import type { FootageOptions } from '../footage/footage-settings.js';
import { usualCodecs, type UsualCodec } from '../../media/formats/containers.js';
import type { Strength } from '../../media/compression/strength.js';
import type { Configured } from '../../metrics/sidecar-settings.js';
import { qualities, type Quality } from '../../model/catalogue/quality.js';
import type { EncoderChoice } from '../../media/formats/hardware.js';
import { precisionNames, type PrecisionChoice } from '../../model/runtime/precision.js';

export { chromaKernels, precisionNames, qualities };

/** What `steady` names. */
export const steadyNames = ['off', 'auto'] as const;
export type SteadyChoice = (typeof steadyNames)[number];

/**
 * Codecs that `codec` names; `auto` is H.264 for 8 bit, HEVC for 10, or what the container needs.
 */
export const codecNames = ['auto', ...usualCodecs] as const;
/** One of these, or an encoder of ffmpeg by its own name. */
export type CodecName = 'auto' | UsualCodec | (string & {});

/** Execution providers that `provider` names. */
export const providerNames = [
  'auto',
  'cpu',
  'cuda',
  'tensorrt',
  'webgpu',
  'coreml',
  'dml',
] as const;
export type ProviderName = (typeof providerNames)[number];

/** Options of an enlargement. Every field may be left out. */
export type UpscaleOptions = FootageOptions & {
  /** Enlargement each way; a product of the scales that models exist for. Default 2. */
  readonly scale?: number;
  /** A size to reach instead of a scale: `1920x1080`, `720p`, `1080p`, `4k`. Aspect is kept. */
  readonly to?: string;
  /**
   * Output file, a folder (existing, or ending in a slash), numbered pictures in a folder of their
   * own (`out/f_%04d.png`), or `-` for Matroska on stdout.
   */
  readonly output?: string;
  /**
   * A template for the names of outputs, in place of `{stem}.x{scale}{ext}`; it may hold `{stem}`,
   * `{ext}`, `{scale}`, `{width}`, `{height}`, `{model}` and `{folder}`.
   */
  readonly name?: string;
  /**
   * A model of the catalogue or the path of an .onnx file; for several passes one each, separated
   * by commas. Default: the best for the source.
   */
  readonly model?: string;
  /**
   * How large a model vsr chooses where none is named: `fast`, `normal`, `best` or `max`. Where a
   * scale lacks one, the next lower one runs. Default `normal`.
   */
  readonly quality?: Quality;
  /**
   * How strongly compressed the source is taken to be, 0 to 1. Default `auto`: estimated from the
   * source. It chooses between the networks for clean and for compressed sources, and sets the dial
   * of networks that have one.
   */
  readonly strength?: Strength | 'auto';
  /**
   * Where the network runs. Default `auto`: the best provider that really starts. One that is named
   * and does not start is an error.
   */
  readonly provider?: ProviderName;
  /** GPU number, from 0. */
  readonly device?: number;
  /**
   * What the network computes in. `int8` runs the model's 8-bit copy, `fp16` half precision on a
   * GPU, `fp32` the model as it is. Default `auto`: on a processor with VNNI or with AVX2 alone,
   * where no `model` is named, the 8-bit copy, at most 0.05 dB worse; on a GPU half precision where
   * a trial shows it to be faster and its picture the same; otherwise single precision.
   */
  readonly precision?: PrecisionChoice;
  /**
   * How chroma is enlarged: `bicubic`, the default; `lanczos3`, which is sharper; `guided`, which
   * also takes edges from the source's luma.
   */
  readonly chroma?: ChromaKernel;
  /** Inference threads. Default: one per core, fewer for clips of a few small frames. */
  readonly workers?: number;
  /**
   * A codec, for which vsr chooses the encoder, or one of ffmpeg's encoders by name, such as
   * `libaom-av1`, `mjpeg` or `hevc_nvenc`, which is first tried on a few frames.
   */
  readonly codec?: CodecName;
  /**
   * Where the video is encoded: `software` (default), a kind of hardware, or the first kind that
   * works (`auto`). If a trial in hardware fails, software encodes, and that is announced.
   */
  readonly encoder?: EncoderChoice;
  /** Encoder's constant-quality value; default visually lossless. */
  readonly crf?: number;
  /**
   * Mean bits per second of the video, in place of a constant quality; x264 and x265 hold the rate
   * over every second or two.
   */
  readonly bitrate?: number;
  /**
   * Largest size of the finished output, in bytes: the video gets what sound, subtitles and the
   * rest leave. An output that is still larger is an error.
   */
  readonly sizeLimit?: number;
  /** Encoder's preset, e.g. `slow`. */
  readonly preset?: string;
  /** Encoded pixel format by ffmpeg's name. */
  readonly pixelFormat?: string;
  /** More arguments for the encoder, one word each. */
  readonly ffmpegArgs?: readonly string[];
  /**
   * Sound that is kept: `all` (default), `none`, or languages and stream numbers of the source,
   * separated by commas. Languages are those of the tags, in any form of ISO 639 (`eng`, `en`;
   * `und` for tracks without one).
   */
  readonly audio?: string;
  /** Subtitles that are kept, in the form of `audio`; captions inside the video count as `und`. */
  readonly subs?: string;
  /**
   * Seconds from the clip's beginning; the first frame at or after it is the first that is kept.
   */
  readonly start?: number;
  /** Seconds from the clip's beginning; only frames before it are kept. */
  readonly end?: number;
  /** How many frames are enlarged at most. */
  readonly frames?: number;
  /**
   * `auto` averages still areas of luma over five frames where a network for compressed sources
   * runs, so that they pop less at keyframes. Default `auto`.
   */
  readonly steady?: SteadyChoice;
  /**
   * A picture that says where the network acts: white everywhere where it is left out. Black leaves
   * plain bicubic, at scale 1 the source itself, and greys blend both; colour counts by its luma,
   * opacity does not count. It covers the picture as it is shown, turned upright and after `crop`,
   * and has its proportions, in any size.
   */
  readonly mask?: string;
  /** Ground truth of the enlarged size, for the log's PSNR columns. */
  readonly reference?: string;
  /** The per-frame log (.csv or .jsonl); `false` for none. Default `<output>.psnr.csv`. */
  readonly log?: string | false;
  /** Number of clips at a time. Default 1. */
  readonly jobs?: number;
  /**
   * How often a clip is tried if the cause of its failure may pass: an ffmpeg that hung, a device
   * that was lost, a disk error. Damaged sources are tried once. Default 1.
   */
  readonly maxTries?: number;
  /** Replace an existing output that no finished job of this kind has made. */
  readonly overwrite?: boolean;
  /** Look into sub-folders of folders. */
  readonly recursive?: boolean;
  /**
   * Take what there is of a damaged or truncated source; the output is marked. Default: such a job
   * fails at its end.
   */
  readonly allowDamaged?: boolean;
  /** The older name of `allowDamaged`. */
  readonly allowTruncated?: boolean;
  /** Cut long clips into segments that a resumed job need not do again. Default true. */
  readonly segments?: boolean;
  /**
   * Seconds that a segment lasts at least; a resumed job loses at most about this much work.
   * Default 10, more where pictures are tiny.
   */
  readonly segmentSeconds?: number;
  /** Throw away the finished segments of a job whose source, model or settings have changed. */
  readonly restart?: boolean;
  /** Copy tiles that did not change from the frame before. Default true; the result is the same. */
  readonly reuse?: boolean;
  /** Seconds without a frame after which a hanging ffmpeg is given up. Default 120. */
  readonly stallTimeout?: number;
  /** Pixel format of headerless raw video, by ffmpeg's name. */
  readonly inputFormat?: string;
  /** `WIDTHxHEIGHT` of headerless raw video. */
  readonly inputSize?: string;
  /** Frames per second of headerless raw video, e.g. `25` or `30000/1001`. */
  readonly inputRate?: string;
  /**
   * Frames per second of picture sequences, e.g. `24` or `30000/1001`; with it a glob or a folder
   * of numbered pictures is one clip.
   */
  readonly fps?: string;
  /**
   * Paths of the programs. Default: those that `VSR_FFMPEG` and `VSR_FFPROBE` name, otherwise newer
   * ones on PATH, otherwise the embedded ones.
   */
  readonly ffmpeg?: string;
  readonly ffprobe?: string;
  /** Decide everything, enlarge nothing. */
  readonly dryRun?: boolean;
  /**
   * A program to run for each clip that this run finished, with its words, without a shell. They
   * may hold `{input}`, `{output}`, `{folder}` and `{sidecar}`. If the program fails, the clip
   * stays finished.
   */
  readonly exec?: readonly string[];
  /** Which of these options a configuration file has set, for the sidecar. */
  readonly configured?: Configured;
  /** Pauses and resumes the job. */
  readonly pause?: PauseControl;
  /** Stops the job; it then fails with code `interrupted`. */
  readonly signal?: AbortSignal;
};
