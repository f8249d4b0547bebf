import { VsrError } from '../../errors.js';
import { Field } from '../../files/json-field.js';
import { formProperties, type FormChange } from '../../media/decode/frame-form.js';
import type { SegmentComplaints } from './segment-complaints.js';

/**
 * The decoder's report on one segment; frames count from 0 in the segment. A record keeps the first
 * hundred changes of each kind, and the first twenty messages.
 */
export type SegmentReport = {
  /** Frames that the decoder reported as damaged. */
  readonly damagedFrames: readonly number[];
  /** What the decoder said, one line each. */
  readonly messages: readonly string[];
  /** The source ended early in this segment. */
  readonly truncated: boolean;
  /**
   * Frames at which the source's picture size changes; such frames are scaled to the first size.
   */
  readonly sizeChanges: readonly {
    readonly frame: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Frames at which the source's format, colour or aspect changes. */
  readonly formChanges: readonly FormChange[];
  /** Packets from which the decoder made no frame. */
  readonly lostPackets: number;
  readonly complaints: SegmentComplaints;
};

/** The record of a finished segment. It is written last, so that its existence means "done". */
export type SegmentRecord = SegmentReport & {
  readonly frames: number;
  /** Ticks of its first frame; `null` without frames. */
  readonly firstPts: number | null;
  /** Execution provider that ran. */
  readonly provider: string;
  /** The precision in which the network computed: `fp32`, `fp16` or `int8`. */
  readonly precision: string;
  /**
   * Hash of the video file, checked before the file is used: a job may go on much later, and on
   * another machine.
   */
  readonly videoSha256: string;
  /** Hash of the file of log rows, checked in the same way. */
  readonly rowsSha256: string;
  /** Mean share of tiles copied from the frame before, 0 to 1. */
  readonly reused: number;
  /**
   * Names the attempt whose files these are, where several machines may have tried at once; `null`
   * for the plain names that one process alone writes.
   */
  readonly attempt: string | null;
};

/** The facts of a segment that was just made, before it counts as done. */
export type MadeSegment = Omit<SegmentRecord, 'attempt'>;

/** The only form of an attempt's name. */
const attemptName = /^[0-9a-f]{12}$/;

function attemptOf(field: Field): string | null {
  const attempt = field.maybe((value) => value.orNull((text) => text.string())) ?? null;
  if (attempt === null || attemptName.test(attempt)) return attempt;
  throw new VsrError('media', `Expected the name of an attempt but found ${attempt.slice(0, 40)}.`);
}

function complaintsOf(field: Field): SegmentComplaints {
  const tick = (value: Field): number => value.integer();
  return {
    count: field.at('count').count(),
    text: field.at('text').string(),
    firstPts: field.at('firstPts').orNull(tick),
    lastPts: field.at('lastPts').orNull(tick),
    unstarted: field.at('unstarted').count(),
  };
}

/** Reads a record as untrusted data. Throws VsrError `media` that names the fault. */
export function segmentRecordOf(value: unknown, file: string): SegmentRecord {
  const top = new Field(value, `the record ${file}`);
  const count = (field: Field): number => field.count();
  return {
    frames: top.at('frames').count(),
    firstPts: top.at('firstPts').orNull((field) => field.integer()),
    provider: top.at('provider').string(),
    precision: top.at('precision').string(),
    videoSha256: top.at('videoSha256').string(),
    rowsSha256: top.at('rowsSha256').string(),
    reused: top.at('reused').number(),
    damagedFrames: top.at('damagedFrames').list(count),
    messages: top.at('messages').list((line) => line.string()),
    truncated: top.at('truncated').oneOf(true, false),
    sizeChanges: top.at('sizeChanges').list((change) => ({
      frame: change.at('frame').count(),
      width: change.at('width').count(),
      height: change.at('height').count(),
    })),
    formChanges: top.at('formChanges').list((change) => ({
      frame: change.at('frame').count(),
      pts: change.at('pts').integer(),
      what: change.at('what').oneOf(...formProperties),
      to: change.at('to').orNull((text) => text.string()),
    })),
    lostPackets: top.at('lostPackets').count(),
    complaints: complaintsOf(top.at('complaints')),
    attempt: attemptOf(top.at('attempt')),
  };
}
