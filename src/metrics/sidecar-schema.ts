import type { FlickerSummary, PsnrSummary } from './log-summary.js';
import type { StillSettings, ClipSettings } from './sidecar-settings.js';

/** The version of `Sidecar` that this vsr writes and reads. */
export const sidecarVersion = 1;

/** What people may want to know of a stream of the source. */
export type SidecarStream = {
  readonly index: number;
  /** `video`, `audio`, `subtitle`, `data`, `attachment` or `unknown`. */
  readonly kind: string;
  readonly codec: string;
  readonly language: string | null;
  readonly title: string | null;
};

/** Something that the output lacks or has in another form, announced before the job started. */
export type SidecarAnnouncement = {
  readonly kind: 'missing' | 'converted' | 'padded' | 'note';
  readonly what: string;
  readonly why: string;
  readonly advice?: string | undefined;
  readonly streamIndex?: number | undefined;
};

/** Something that is missing or damaged in the source. Times are seconds on the source's clock. */
export type SidecarDamage = {
  /** Index of the stream; `null` where it is the whole file's. */
  readonly stream: number | null;
  readonly what: string;
  /** Where it begins and ends; `null` where that is not known. */
  readonly from: number | null;
  readonly to: number | null;
};

/** The scan of a clip before it was enlarged. */
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
    /** Frames that were examined, and how many of them moved enough to tell anything. */
    readonly frames: number;
    readonly telling: number;
  }[];
  /** Share of the examined frames whose flags say which field comes first. */
  readonly flags: { readonly top: number; readonly bottom: number };
  /** Lines and columns without picture; `null` for none. */
  readonly borders: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
  /** Standard deviation of the noise in grey levels of 255; `null` where it could not be told. */
  readonly noise: number | null;
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
