import type { FlickerSummary, PsnrSummary } from './log-summary.js';

/** The version of `Sidecar` that this vsr writes and reads. */
export const sidecarVersion = 1;

/** A stream of the source, as far as people ask about it. */
export type SidecarStream = {
  readonly index: number;
  /** `video`, `audio`, `subtitle`, `data`, `attachment` or `unknown`. */
  readonly kind: string;
  readonly codec: string;
  readonly language: string | null;
  readonly title: string | null;
};

/** Something that the output lacks or has in another form, said before the job started. */
export type SidecarAnnouncement = {
  readonly kind: 'missing' | 'converted' | 'padded' | 'note';
  readonly what: string;
  readonly why: string;
  readonly advice?: string | undefined;
  readonly streamIndex?: number | undefined;
};

/**
 * Something that the source should hold and did not give whole. Times are seconds on the source's
 * clock.
 */
export type SidecarDamage = {
  /** Index of the stream; `null` where it is the whole file's. */
  readonly stream: number | null;
  readonly what: string;
  /** Where it begins and ends; `null` where that is not known. */
  readonly from: number | null;
  readonly to: number | null;
};

/** What a look at a clip found before it was enlarged. */
export type SidecarScan = {
  /** `progressive`, `interlaced`, `telecine`, `mixed`, `repeats`, `still` or `unsure`. */
  readonly kind: string;
  /** The field shown first, `top` or `bottom`; `null` where there is none or it changes. */
  readonly order: string | null;
  /** How film lies in frames: `3:2`, `2:2`, `mixed` or `soft`; `null` for none. */
  readonly cadence: string | null;
  /** Every how many frames one repeats the one before; `null` for none. */
  readonly repeats: number | null;
  /** Share of the places where something moves that agree, 0 to 1. */
  readonly confidence: number;
  readonly places: readonly {
    /** Seconds on the source's clock. */
    readonly time: number;
    readonly kind: string;
    readonly order: string | null;
    readonly cadence: string | null;
    readonly repeats: number | null;
    /** Frames that were looked at, and how many of them moved enough to tell something. */
    readonly frames: number;
    readonly telling: number;
  }[];
  /** Of the frames looked at, the share that says which field comes first. */
  readonly flags: { readonly top: number; readonly bottom: number };
  /** Lines and columns without picture; `null` for none. */
  readonly borders: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
};

/** What a picture is, beside its size. */
export type SidecarPicture = {
  /** Its format by content, e.g. `png`, `jpeg`. */
  readonly format: string;
  /** Bits a sample: 8, or 16 for all that have more. */
  readonly bitDepth: 8 | 16;
  readonly colour: 'grey' | 'rgb' | 'cmyk';
  readonly alpha: boolean;
  /** It has an ICC profile that is carried over. */
  readonly profile: boolean;
  /** Pixels an inch on paper; `null` where the picture does not say. */
  readonly dpi: number | null;
};

/** What decides the output of a picture, besides the picture and the models. */
export type StillSettings = {
  /** Enlargement each way. */
  readonly scale: number;
  /** What the network was to compute in; `null` in sidecars of a vsr that did not say. */
  readonly precision: string | null;
  /** What chroma was to be enlarged by; `bicubic` in sidecars of a vsr that did not say. */
  readonly chroma: string;
  /**
   * Where the dial of the first pass stood: how strongly the source counts as compressed, 0 to 1.
   * Absent where the network has no dial.
   */
  readonly strength?: number;
  /**
   * Of the model and the encoder, what the user named; `null` in sidecars of a vsr that did not
   * say.
   */
  readonly asked: AskedSettings | null;
};

/** What a user named; `null` and an empty list where the choice was left to vsr. */
export type AskedSettings = {
  readonly model: string | null;
  readonly quality: string | null;
  readonly strength: number | null;
  readonly codec: string;
  readonly crf: number | null;
  readonly preset: string | null;
  readonly pixelFormat: string | null;
  readonly ffmpegArgs: readonly string[];
  /** What a configuration file set; absent where there was none. */
  readonly configured?: Configured;
};

/** What a configuration file set. */
export type Configured = {
  readonly file: string;
  /** The preset that was asked for; `null` for none. */
  readonly preset: string | null;
  /** Options by their long names, as the file has them. */
  readonly set: Readonly<Record<string, string>>;
};

/** What was done with each part of a clip, where not all are treated alike. */
export type SidecarRuns = {
  /** Parts of one kind, in order; each begins at frame `first` of the clip, counted from 0. */
  readonly runs: readonly {
    readonly first: number;
    readonly kind: 'progressive' | 'video' | 'film' | 'still';
    /** The field shown first; `null` for whole pictures. */
    readonly order: 'top' | 'bottom' | null;
    /** How film lies in frames; `null` for what is no film. */
    readonly cadence: '3:2' | '2:2' | null;
    /** Which of the five frames of 3:2 the first one is, from 0. */
    readonly place: number;
  }[];
  /** Frames of film that were deinterlaced, since their fields do not fit. */
  readonly combed: readonly number[];
  /** Frames that repeat the one before. */
  readonly repeated: readonly number[];
  /** Frames of the clip, and how many a second. */
  readonly frames: number;
  readonly frameRate: { readonly num: number; readonly den: number } | null;
  readonly weavesFilm: boolean;
  readonly videoRate: 'frame' | 'field' | null;
  readonly dropsRepeats: boolean;
};

/** What decides the output of a clip, besides the clip, the models and the reference. */
export type ClipSettings = StillSettings & {
  /** The size that was to be reached, as the user wrote it. */
  readonly to: string | null;
  /** ffmpeg's name, and the words that choose and set it. */
  readonly encoder: string;
  readonly encoderArgs: readonly string[];
  /** ffmpeg's pix_fmt as encoded. */
  readonly pixelFormat: string;
  /** ffmpeg's muxer. */
  readonly container: string;
  /** Which tracks were kept, as the user wrote it; absent for all. */
  readonly audio?: string;
  readonly subs?: string;
  /** Bytes that the output was to stay within; absent where nothing was asked. */
  readonly sizeLimit?: number;
  /** Seconds from the clip's beginning. */
  readonly start: number | null;
  readonly end: number | null;
  /** At most so many frames. */
  readonly frames: number | null;
  /** What the clip was said to come from, as `vhs`; `auto` where nothing was said. */
  readonly sourceKind: string;
  /** What was asked to be done with fields: `off`, `auto`, `auto-field`, `frame` or `field`. */
  readonly deinterlace: string;
  /** The field order that was named; `auto` for none. */
  readonly fieldOrder: string;
  /** Whether film's pictures were to be put together: `off` or `auto`. */
  readonly telecine: string;
  /** Whether repeated frames were to stay: `keep` or `drop`. */
  readonly repeats: string;
  /** The part of each frame that was enlarged; `null` for all of it. */
  readonly crop: {
    readonly width: number;
    readonly height: number;
    readonly x: number;
    readonly y: number;
    /** The whole frame. */
    readonly of: { readonly width: number; readonly height: number };
  } | null;
  /** How whole frames were made of fields; `null` where they were left alone. */
  readonly fields: { readonly order: 'top' | 'bottom'; readonly rate: 'frame' | 'field' } | null;
  /** What was done with each part; `null` where all were treated alike. */
  readonly runs: SidecarRuns | null;
  /**
   * Whether still areas were to be averaged over frames; `off` in sidecars of a vsr that did not
   * say.
   */
  readonly steady: string;
  /** What headerless raw video held. */
  readonly raw: {
    readonly format: string;
    readonly width: number;
    readonly height: number;
    readonly rate: { readonly num: number; readonly den: number };
  } | null;
};

/** Seconds of a run by what they went to. */
export type StageSeconds = {
  /** The main thread's waiting for the decoder. */
  readonly decode: number;
  /** The main thread's waiting for larger frames. */
  readonly wait: number;
  /** The main thread's handing frames to the encoder. */
  readonly encode: number;
  /** The main thread's writing of log rows. */
  readonly log: number;
  /** All worker threads together, in the network. */
  readonly inference: number;
  /** All worker threads together, in what is enlarged bicubically. */
  readonly chroma: number;
  /** All worker threads together, in the log's columns. */
  readonly scores: number;
};

/** What a per-frame log held when the job ended. */
export type SidecarLogFile = { readonly sizeBytes: number; readonly sha256: string };

/** What a finished job leaves beside its output, as `<output>.vsr.json`; written last. */
export type Sidecar = {
  readonly schemaVersion: typeof sidecarVersion;
  /** vsr's own version. */
  readonly vsr: string;
  /** Identifies input, model and settings: an identical job has the same. */
  readonly job: string;
  readonly source: {
    /** Absolute, as it was; the clip may have moved since. */
    readonly path: string;
    readonly sizeBytes: number;
    /**
     * sha256, in hex, of the first and the last MiB (the whole of a smaller file), one after the
     * other.
     */
    readonly endsSha256: string;
    /**
     * When it was last written, in milliseconds since 1970; sidecars of vsr's first days lack it,
     * as the other hashes of samples.
     */
    readonly modifiedMs?: number;
    /** sha256, in hex, of its ends and of samples between them. */
    readonly samplesSha256?: string;
    /** Luma samples of the enlarged stream. */
    readonly width: number;
    readonly height: number;
    /** ffmpeg's pix_fmt of the enlarged stream. */
    readonly pixelFormat: string;
    /** Time in the source, in seconds, of the frame that became output frame 0. */
    readonly firstFrameTime: number;
    /** Output frames, from 0, that the decoder reported as damaged. */
    readonly damagedFrames: readonly number[];
    /** What was missing or broken and was allowed to be; left out where the source was whole. */
    readonly damage?: readonly SidecarDamage[];
    readonly streams: readonly SidecarStream[];
    /** Of pictures; sidecars of vsr's first days lack it. */
    readonly picture?: SidecarPicture;
  };
  /** What a look at the clip found; left out of pictures, and by a vsr that did not look. */
  readonly scan?: SidecarScan;
  /** Ground truth that the log compares with; `null` without. */
  readonly reference: string | null;
  readonly output: {
    readonly path: string;
    readonly width: number;
    readonly height: number;
    readonly frames: number;
    readonly sizeBytes: number;
    /** sha256, in hex, of its ends and of samples between them. */
    readonly samplesSha256?: string;
  };
  readonly model: {
    /** In the order of running; their scales multiply to the whole. */
    readonly passes: readonly {
      readonly name: string;
      readonly sha256: string;
      readonly scale: number;
    }[];
  };
  /** What ran, never merely what was asked for. */
  readonly provider: string;
  /**
   * What it computed in: `fp32`, `fp16` or `int8`; `null` in sidecars of a vsr that did not say.
   */
  readonly precision: string | null;
  /** What was asked for, with the defaults of that vsr where nothing was. */
  readonly settings: ClipSettings | StillSettings;
  readonly elapsedSeconds: number;
  /**
   * Where the time of the last run went; missing where nothing was left to enlarge, and for
   * pictures.
   */
  readonly stages?: StageSeconds;
  /** Output frames a second, over the whole job. */
  readonly fps: number;
  /** Share of the picture copied from the frame before, 0 to 1. */
  readonly reusedShare: number;
  /** `null` where no log was kept. */
  readonly psnr: PsnrSummary | null;
  /** `null` where no log was kept; sidecars of vsr's first days lack it. */
  readonly flicker?: FlickerSummary | null;
  readonly missing: readonly SidecarAnnouncement[];
  /**
   * Name of the per-frame log beside the sidecar, or its absolute path elsewhere; `null` without
   * one.
   */
  readonly log: string | null;
  /** What the log held; `null` without one. */
  readonly logFile?: SidecarLogFile | null;
  /** `rgb` only for RGB models of others. */
  readonly colourPath: 'yuv' | 'rgb';
  /** When the job ended, ISO 8601. */
  readonly created: string;
};
