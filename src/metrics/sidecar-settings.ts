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
  /** How many frames were asked for at most. */
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
  /** Noise that was taken out: its standard deviation in grey levels of 255; absent for none. */
  readonly denoise?: number;
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
