/** The settings that decide the output of a picture, besides the picture and the models. */
export type StillSettings = {
  /** Factor of width and of height. */
  readonly scale: number;
  /** The precision that was asked for; `null` in early sidecars, which do not say it. */
  readonly precision: string | null;
  /** How chroma was to be enlarged; `bicubic` for early sidecars, which do not say it. */
  readonly chroma: string;
  /**
   * What the dial of the first pass was set to: how strongly the source is taken to be compressed,
   * 0 to 1. Absent where the network has no dial.
   */
  readonly strength?: number;
  /** SHA-256, in hex, of the picture that says where the network acts; absent without one. */
  readonly mask?: string;
  /** What the user chose of the model and the encoder; `null` in early sidecars. */
  readonly asked: AskedSettings | null;
};

/** What a user chose; `null`, or an empty list, where the choice was left to vsr. */
export type AskedSettings = {
  readonly model: string | null;
  readonly quality: string | null;
  readonly strength: number | null;
  /** As given, or the default. */
  readonly codec: string;
  /** The kind of hardware that was to encode, or `auto`; absent for software. */
  readonly encoder?: string;
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

/** What was done with each part of a clip whose parts are not all treated alike. */
export type SidecarRuns = {
  /** Parts of one kind each, in order; each begins at frame `first` of the clip, from 0. */
  readonly runs: readonly {
    readonly first: number;
    readonly kind: 'progressive' | 'video' | 'film' | 'still' | 'unsure';
    /** The field shown first; `null` where frames are whole pictures. */
    readonly order: 'top' | 'bottom' | null;
    /** How film was spread over frames; `null` where the part is no film. */
    readonly cadence: '3:2' | '2:2' | null;
    /** Which of the five frames of the 3:2 cadence the first frame is, from 0; otherwise 0. */
    readonly place: number;
  }[];
  /** Frames of film that were deinterlaced, because their fields do not belong together. */
  readonly combed: readonly number[];
  /** Frames that repeat the one before. */
  readonly repeated: readonly number[];
  /** Number of frames of the clip. */
  readonly frames: number;
  /** Frames per second of the clip; `null` where unknown. */
  readonly frameRate: { readonly num: number; readonly den: number } | null;
  /** Whether film's pictures were put together again from their fields. */
  readonly weavesFilm: boolean;
  /** What whole frames of video were made of, each frame or each field; `null` for neither. */
  readonly videoRate: 'frame' | 'field' | null;
  /** Whether the frames in `repeated` were left out. */
  readonly dropsRepeats: boolean;
};

/** The settings that decide the output of a clip, besides the clip, models and reference. */
export type ClipSettings = StillSettings & {
  /** The size that was to be reached, as the user wrote it; `null` without one. */
  readonly to: string | null;
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  /** The arguments of ffmpeg that choose the encoder and set its options. */
  readonly encoderArgs: readonly string[];
  /** ffmpeg's pix_fmt of the output. */
  readonly pixelFormat: string;
  /** ffmpeg's name of the output's muxer. */
  readonly container: string;
  /** Which audio tracks were kept, as the user wrote it; absent for all. */
  readonly audio?: string;
  /** Which subtitles were kept, as the user wrote it; absent for all. */
  readonly subs?: string;
  /** Largest size of the output, in bytes; absent where none was given. */
  readonly sizeLimit?: number;
  /** The part that was enlarged, in seconds from the clip's beginning; `null` where not given. */
  readonly start: number | null;
  readonly end: number | null;
  /** The largest number of frames; `null` where not given. */
  readonly frames: number | null;
  /** `--source`, such as `vhs`. */
  readonly sourceKind: string;
  /** `--deinterlace`: `off`, `auto`, `auto-field`, `frame` or `field`. */
  readonly deinterlace: string;
  /** `--field-order`: `auto`, `top` or `bottom`. */
  readonly fieldOrder: string;
  /** `--telecine`: `off` or `auto`. */
  readonly telecine: string;
  /** `--repeats`: `keep` or `drop`. */
  readonly repeats: string;
  /** The part of each frame that was enlarged, in luma samples; `null` for all of it. */
  readonly crop: {
    readonly width: number;
    readonly height: number;
    readonly x: number;
    readonly y: number;
    /** Size of the whole frame. */
    readonly of: { readonly width: number; readonly height: number };
  } | null;
  /** Noise that was removed: its standard deviation in grey levels of 255; absent for none. */
  readonly denoise?: number;
  /** How all frames were deinterlaced; `null` where they were not. */
  readonly fields: { readonly order: 'top' | 'bottom'; readonly rate: 'frame' | 'field' } | null;
  /** What was done with each part; `null` where all were treated alike. */
  readonly runs: SidecarRuns | null;
  /** `--steady`: `off` or `auto`; `off` for early sidecars, which do not say it. */
  readonly steady: string;
  /** Layout of headerless raw video, in luma samples and frames per second; otherwise `null`. */
  readonly raw: {
    readonly format: string;
    readonly width: number;
    readonly height: number;
    readonly rate: { readonly num: number; readonly den: number };
  } | null;
};
