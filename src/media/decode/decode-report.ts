import type { Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { DecodeComplaint } from './decode-log.js';
import type { FormChange } from './frame-form.js';

/** What of a source to decode, and how. */
export type DecodeRequest = {
  /**
   * Frames to yield, by their timestamps in ticks: from `from` on, up to but not including `to`.
   */
  readonly range?: { readonly from?: number | undefined; readonly to?: number | undefined };
  /** How many frames before `range.from` are yielded too, where there are any. Default 0. */
  readonly lead?: number | undefined;
  /** The number of frames after which it ends, those of `lead` not counted. */
  readonly maxFrames?: number | undefined;
  /**
   * Timestamp of a key frame at or before `range.from` to start reading at; a source that cannot
   * seek is read from its beginning.
   */
  readonly seekTo?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a byte from ffmpeg after which it counts as hanging; default
   * `defaultStallMs`.
   */
  readonly stallTimeoutMs?: number | undefined;
};

/** What happened while decoding; whole once the iteration has ended. */
export type DecodeReport = {
  /** Frames yielded. */
  readonly frames: number;
  /** Indices of frames that the decoder reports as damaged. */
  readonly damagedFrames: readonly number[];
  /** Frames at which the source's picture size changes; they are brought to the first size. */
  readonly sizeChanges: readonly {
    readonly frame: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Frames at which what the source says of its samples or their shape changes. */
  readonly formChanges: readonly FormChange[];
  /**
   * Its file breaks off, by its own words or ffmpeg's, or its last pictures are damaged. Whether
   * fewer frames came than the container counts is not told here, but by counting its packets.
   */
  readonly truncated: boolean;
  /**
   * The disk did not give all of the source's bytes, as ffmpeg says; some containers' readers keep
   * that to themselves.
   */
  readonly unreadable: boolean;
  /** ffmpeg's warnings and errors. */
  readonly messages: readonly string[];
  /** What the decoder found broken, in order. */
  readonly complaints: readonly Readonly<DecodeComplaint>[];
  /** ffmpeg's exit code; -1 where it was stopped because no more was wanted. */
  readonly exitCode: number;
  /** Packets of which the decoder made nothing: frames that are missing. */
  readonly lostPackets: number;
  /** Frames without a timestamp, which were given one by the nominal rate. */
  readonly inventedTimestamps: number;
  /** Frames whose timestamp was not later than the one before, and was moved to the next tick. */
  readonly movedTimestamps: number;
};

/** The frames of a source, in the order in which they are shown. Can be iterated once. */
export interface DecodedFrames extends AsyncIterable<Frame> {
  readonly layout: FrameLayout;
  /** Gives a frame's memory back for a later one; optional, at most once a frame. */
  release(frame: Frame): void;
  report(): DecodeReport;
}
