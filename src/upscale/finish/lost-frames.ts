import type { Damage } from '../../media/damage/damage.js';
import type { SourceReport } from '../../media/damage/source-damage.js';
import type { StreamTally } from '../../media/damage/stream-tally.js';
import type { Announcement } from '../../media/output/output-plan.js';
import { isIndexed } from '../../media/source/source.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/** Frames that the packets promised and that did not come, though no decoder reported it. */
export type LostFrames = {
  /** Missing frames without an explanation. */
  readonly damage: Damage | null;
  /** Frames that ffmpeg's decoder loses even of whole sources. */
  readonly notes: readonly Announcement[];
};

/** The parts of a job's plan that say how many frames its packets should give. */
export type OwedJob = Pick<JobPlan, 'range'> & {
  readonly source: Pick<JobPlan['source'], 'container'> & {
    readonly video: Pick<
      JobPlan['source']['video'],
      'index' | 'codec' | 'fields' | 'runs' | 'interlaced'
    >;
  };
  readonly settings: Pick<JobPlan['settings'], 'frames'>;
};

type Record = Pick<SegmentRecord, 'frames' | 'formChanges' | 'sizeChanges'>;

/**
 * Codecs of which every packet that is shown gives one frame, where a container holds whole
 * pictures.
 */
const framePerPacket = new Set(['h264', 'hevc', 'prores', 'dnxhd', 'ffv1', 'mjpeg', 'png']);

/** MPEG-1 and 2: ffmpeg joins both fields of a picture into one packet, where it splits streams. */
const joinedFields = new Set(['mpeg1video', 'mpeg2video']);
const splitContainers = new Set(['mpegts', 'mpeg', 'mpegvideo']);

/** By codec, the change at which ffmpeg's decoder loses the picture before it. */
const losesAt: {
  readonly [codec: string]: { readonly words: string; readonly aspect: boolean } | undefined;
} = {
  mpeg1video: { words: "MPEG-1's pictures change their shape or size", aspect: true },
  mpeg2video: { words: "MPEG-2's pictures change their shape or size", aspect: true },
  // Only where the decoder reorders pictures, that is, with B-frames.
  mpeg4: { words: "MPEG-4's pictures change their size", aspect: false },
};

/** How many frames a whole source should give. */
type Owed = {
  readonly frames: number;
  /**
   * A whole source may give fewer: how many of its first pictures lack their reference is unknown,
   * or how many packets hold no picture.
   */
  readonly isBound: boolean;
};

function owedBy({ source, range, settings }: OwedJob, tally: StreamTally): Owed | null {
  const { video, container } = source;
  const isPart = range.from !== undefined || range.to !== undefined || settings.frames !== Infinity;
  if (isPart || video.fields !== null || video.runs !== null) return null;
  const frames = tally.packets - tally.hidden - tally.leading;
  // A packet of MPEG-4 may say that the last picture stays, and then it gives no frame.
  if (video.codec === 'mpeg4') return { frames, isBound: true };
  if (isIndexed(container)) {
    const isCountable = framePerPacket.has(video.codec) && video.interlaced === 'no';
    return isCountable ? { frames, isBound: false } : null;
  }
  if (!joinedFields.has(video.codec) || !splitContainers.has(container)) return null;
  // A bare stream has no times that would tell which pictures come before their reference.
  return { frames: frames - tally.orphans, isBound: container === 'mpegvideo' };
}

/**
 * Numbers, from 0, of the frames at which the size of the clip's pictures changes, and with `shape`
 * their shape.
 */
function changedAt(records: readonly Record[], shape: boolean): number[] {
  const found = new Set<number>();
  let first = 0;
  for (const { frames, formChanges, sizeChanges } of records) {
    const aspects = formChanges.filter(({ what }) => shape && what === 'aspect');
    for (const { frame } of [...aspects, ...sizeChanges]) found.add(first + frame);
    first += frames;
  }
  return [...found].sort((a, b) => a - b);
}

/** How many places are listed. */
const mostTold = 5;

function noteOf(count: number, places: readonly number[], change: string): Announcement {
  const more = places.length - mostTold;
  const told = [...places.slice(0, mostTold), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return {
    kind: 'missing',
    what: count === 1 ? '1 frame of the video' : `${count} frames of the video`,
    why: `where ${change}, ffmpeg's decoder loses the one before (before frame ${told}); the frame before that stands for longer`,
  };
}

/** Compares the frames decoded from a job's source with its packets. */
export function lostFrames(
  job: OwedJob,
  records: readonly Record[],
  { census }: Pick<SourceReport, 'census'>,
): LostFrames {
  const { index, codec } = job.source.video;
  const tally = census.streams.get(index);
  const owed = tally === undefined ? null : owedBy(job, tally);
  if (owed === null) return { damage: null, notes: [] };
  const came = records.reduce((sum, { frames }) => sum + frames, 0);
  const lost = Math.max(0, owed.frames - came);
  const loses = losesAt[codec];
  const places = loses === undefined ? [] : changedAt(records, loses.aspect);
  const atChanges = Math.min(lost, places.length);
  const rest = lost - atChanges;
  return {
    damage:
      rest === 0 || owed.isBound
        ? null
        : {
            ...{ stream: index, from: null, to: null },
            what: `${rest} of ${owed.frames} packets gave no frame`,
          },
    notes: atChanges === 0 ? [] : [noteOf(atChanges, places, loses!.words)],
  };
}
