import type { Frame } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { DecodeComplaint } from './decode-log.js';
import type { FormChange } from './frame-form.js';

/** The part of a source to decode, and how. */
export type DecodeRequest = {
  /**
   * Frames to yield, by their timestamps in ticks: from `from` on, up to but not including `to`.
   */
  readonly range?: { readonly from?: number | undefined; readonly to?: number | undefined };
  /**
   * How many frames before `range.from` are yielded as well, as far as there are any. Default: 0.
   */
  readonly lead?: number | undefined;
  /** Number of frames after which decoding ends, those of `lead` not counted. Default: all. */
  readonly maxFrames?: number | undefined;
  /**
   * Timestamp, in ticks, of a key frame at or before `range.from` to start reading at. A source
   * that cannot be sought in is read from its beginning, which is also the default.
   */
  readonly seekTo?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without a byte from ffmpeg after which it counts as hanging. Default:
   * `defaultStallMs`.
   */
  readonly stallTimeoutMs?: number | undefined;
};

/** What happened while decoding; complete once the iteration has ended. */
export type DecodeReport = {
  /** Number of frames that were yielded. */
  readonly frames: number;
  /** Indices of yielded frames that the decoder reported as damaged. */
  readonly damagedFrames: readonly number[];
  /** Frames at which the source's picture size changes; all frames are scaled to the first size. */
  readonly sizeChanges: readonly {
    readonly frame: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Frames at which the source's colours, sample aspect or pixel format change. */
  readonly formChanges: readonly FormChange[];
  /**
   * The file is cut off, by its own header or by what ffmpeg says, or its last frames are damaged.
   * Whether fewer frames came than the container counts is not told here, but by a census of its
   * packets.
   */
  readonly truncated: boolean;
  /**
   * ffmpeg says that the disk did not give all of the source's bytes. It does not say so with every
   * container.
   */
  readonly unreadable: boolean;
  /** ffmpeg's warnings and errors. */
  readonly messages: readonly string[];
  /** The decoder's complaints about the source, in order. */
  readonly complaints: readonly Readonly<DecodeComplaint>[];
  /** ffmpeg's exit code; -1 where it was stopped because no more frames were wanted. */
  readonly exitCode: number;
  /** Number of packets that the decoder refused: their frames are missing. */
  readonly lostPackets: number;
  /** Number of frames without a timestamp, which got one that follows from the nominal rate. */
  readonly inventedTimestamps: number;
  /** Number of frames that were not later than the one before, and were moved to the next tick. */
  readonly movedTimestamps: number;
};

/** The frames of a source, in the order in which they are shown. Can be iterated once. */
export interface DecodedFrames extends AsyncIterable<Frame> {
  readonly layout: FrameLayout;
  /** Gives a frame's memory back for later ones. Optional; at most once per frame. */
  release(frame: Frame): void;
  /** What happened so far. */
  report(): DecodeReport;
}
