import type { FlickerSummary, PsnrSummary } from './log-summary.js';
import type { StillSettings, ClipSettings } from './sidecar-settings.js';

/** The version of `Sidecar` that this vsr writes and reads. */
export const sidecarVersion = 1;

/** A stream of the source. */
export type SidecarStream = {
  /** ffmpeg's index in the file, from 0. */
  readonly index: number;
  /** `video`, `audio`, `subtitle`, `data`, `attachment` or `unknown`. */
  readonly kind: string;
  /** ffmpeg's name of the codec. */
  readonly codec: string;
  /** The language tag; `null` without one. */
  readonly language: string | null;
  readonly title: string | null;
};

/** Something that the output lacks or has in another form, announced before the job started. */
export type SidecarAnnouncement = {
  readonly kind: 'missing' | 'converted' | 'padded' | 'note';
  readonly what: string;
  readonly why: string;
  /** What would keep it. */
  readonly advice?: string | undefined;
  /** The stream of the source that it is about. */
  readonly streamIndex?: number | undefined;
};

/** Something that is missing or damaged in the source. Times are seconds on the source's clock. */
export type SidecarDamage = {
  /** Index of the stream; `null` where the whole file is concerned. */
  readonly stream: number | null;
  /** Such as `40 of 100 frames are missing`. */
  readonly what: string;
  /** Where it begins and ends; `null` where that is not known. */
  readonly from: number | null;
  readonly to: number | null;
};

/** What the scan found out about a clip before it was enlarged. */
export type SidecarScan = {
  /** `progressive`, `interlaced`, `telecine`, `mixed`, `repeats`, `still` or `unsure`. */
  readonly kind: string;
  /** The field shown first, `top` or `bottom`; `null` where frames have no fields or it changes. */
  readonly order: string | null;
  /** How film was spread over frames: `3:2`, `2:2`, `mixed` or `soft`; `null` for no film. */
  readonly cadence: string | null;
  /** One of so many frames repeats the frame before it; `null` where none does. */
  readonly repeats: number | null;
  /** Share of the places with movement that agree on the kind, 0 to 1. */
  readonly confidence: number;
  /** What was found at each examined place of the clip. */
  readonly places: readonly {
    /** Seconds on the source's clock. */
    readonly time: number;
    readonly kind: string;
    readonly order: string | null;
    readonly cadence: string | null;
    readonly repeats: number | null;
    /** Frames that were examined. */
    readonly frames: number;
    /** How many of them differ enough from the frame before to tell anything. */
    readonly telling: number;
  }[];
  /** Share of the examined frames whose flags say which field comes first. */
  readonly flags: { readonly top: number; readonly bottom: number };
  /**
   * Lines at the bottom in which a tape's heads switch, with black lines below them; absent in
   * sidecars of older versions.
   */
  readonly headNoise?: number;
  /** Black rows and columns at each edge; `null` for none. */
  readonly borders: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
  /** Standard deviation of the noise in grey levels of 255; `null` where it is unknown. */
  readonly noise: number | null;
};

/** Facts of a source that is a picture. */
export type SidecarPicture = {
  /** Its format, told from its content, such as `png` or `jpeg`. */
  readonly format: string;
  /** Bits per sample: 8, or 16 for all that have more. */
  readonly bitDepth: 8 | 16;
  readonly colour: 'grey' | 'rgb' | 'cmyk';
  readonly alpha: boolean;
  /** It has an ICC profile, which is carried over. */
  readonly profile: boolean;
  /** Pixels per inch in print; `null` where the picture does not say. */
  readonly dpi: number | null;
};

/** What the time of a run was spent on, in seconds. */
export type StageSeconds = {
  /** The main thread, waiting for the decoder. */
  readonly decode: number;
  /** The main thread, waiting for larger frames. */
  readonly wait: number;
  /** The main thread, passing frames to the encoder. */
  readonly encode: number;
  /** The main thread, writing rows of the log. */
  readonly log: number;
  /** All worker threads together, running the network. */
  readonly inference: number;
  /** All worker threads together, enlarging chroma and alpha. */
  readonly chroma: number;
  /** All worker threads together, computing the figures of the log. */
  readonly scores: number;
};

/** Size and hash, in hex, of the per-frame log when the job ended. */
export type SidecarLogFile = { readonly sizeBytes: number; readonly sha256: string };

/** What a finished job leaves beside its output, as `<output>.vsr.json`; written last. */
export type Sidecar = {
  readonly schemaVersion: typeof sidecarVersion;
  /** vsr's own version. */
  readonly vsr: string;
  /** Identifies input, model and settings: an identical job has the same. */
  readonly job: string;
  readonly source: {
    /** Absolute path when the job ran; the clip may have been moved since. */
    readonly path: string;
    readonly sizeBytes: number;
    /**
     * sha256, in hex, of the first and the last MiB, one after the other; of the whole file where
     * it is smaller.
     */
    readonly endsSha256: string;
    /** When it was last written, in milliseconds since 1970; absent in early sidecars. */
    readonly modifiedMs?: number;
    /** sha256, in hex, of its ends and of pieces between them; absent in early sidecars. */
    readonly samplesSha256?: string;
    /** Size in luma samples of the video stream that was enlarged, before that. */
    readonly width: number;
    readonly height: number;
    /** ffmpeg's pix_fmt of that stream. */
    readonly pixelFormat: string;
    /** Time in the source, in seconds, of the frame that became output frame 0. */
    readonly firstFrameTime: number;
    /** Numbers, from 0, of the output frames that the decoder reported as damaged. */
    readonly damagedFrames: readonly number[];
    /** What was missing or broken with --allow-damaged; absent where the source was whole. */
    readonly damage?: readonly SidecarDamage[];
    readonly streams: readonly SidecarStream[];
    /** Present for pictures; absent in early sidecars. */
    readonly picture?: SidecarPicture;
  };
  /** Absent for pictures, and in sidecars of versions that did not scan clips. */
  readonly scan?: SidecarScan;
  /** Path of the ground truth that the log compares with; `null` without one. */
  readonly reference: string | null;
  /** Path of the picture that says where the network acts; absent without one. */
  readonly mask?: string;
  readonly output: {
    readonly path: string;
    readonly width: number;
    readonly height: number;
    readonly frames: number;
    readonly sizeBytes: number;
    /** sha256, in hex, of its ends and of pieces between them; absent in early sidecars. */
    readonly samplesSha256?: string;
  };
  readonly model: {
    /** In the order in which they run; their scales multiply to the scale of the job. */
    readonly passes: readonly {
      readonly name: string;
      readonly sha256: string;
      readonly scale: number;
    }[];
  };
  /** The provider that ran, which is not always the one that was asked for. */
  readonly provider: string;
  /**
   * The precision that it computed in: `fp32`, `fp16` or `int8`; `null` in early sidecars.
   */
  readonly precision: string | null;
  /** What was asked for, with the defaults of that version for the rest. */
  readonly settings: ClipSettings | StillSettings;
  readonly elapsedSeconds: number;
  /** Of the last run; absent where nothing was left to enlarge, and for pictures. */
  readonly stages?: StageSeconds;
  /** Output frames per second, over the whole job. */
  readonly fps: number;
  /** Share of the output's area that was copied from the frame before, 0 to 1. */
  readonly reusedShare: number;
  /** `null` where no log was kept. */
  readonly psnr: PsnrSummary | null;
  /** `null` where no log was kept; absent in early sidecars. */
  readonly flicker?: FlickerSummary | null;
  /** Everything that was announced before the job started. */
  readonly missing: readonly SidecarAnnouncement[];
  /**
   * The name of the per-frame log where it lies beside the sidecar, otherwise its absolute path;
   * `null` without a log.
   */
  readonly log: string | null;
  /** `null` without a log; absent in early sidecars. */
  readonly logFile?: SidecarLogFile | null;
  /** `rgb` if the models take RGB, otherwise `yuv`. */
  readonly colourPath: 'yuv' | 'rgb';
  /** When the job ended, ISO 8601. */
  readonly created: string;
};
