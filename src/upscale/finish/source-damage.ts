import { usualRate } from '../../planes/ratio.js';
import { VsrError } from '../../errors.js';
import { damageSentence, damageWords, streamName, type Damage } from '../../media/damage/damage.js';
import {
  sourceDamage,
  touches,
  type SecondsRange,
  type SourceReport,
} from '../../media/damage/source-damage.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { JobContext } from '../segments/job-context.js';
import { garbledWords } from './garbled-pictures.js';
import { lostFrames } from './lost-frames.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/**
 * Reads all packets of a job's source that belong to the output, and finds what is missing or
 * broken in them.
 */
export function readSource({ ffmpeg, plan, signal }: JobContext): Promise<SourceReport> {
  const { source, outputPlan } = plan;
  const kept = outputPlan.streams.filter(({ action }) => action !== 'drop');
  return sourceDamage(ffmpeg, source, new Set(kept.map(({ index }) => index)), {
    signal,
    stallTimeoutMs: plan.settings.stallTimeoutMs,
    moments: outputPlan.trim !== null,
  });
}

/** The part of the source that a job takes, in seconds of the source's clock. */
function wantedRange(
  { source, settings }: JobPlan,
  records: readonly SegmentRecord[],
): SecondsRange {
  const { timeBase, frameRate } = source.video;
  const at = (time: number | null): number | undefined =>
    time === null ? undefined : source.startTime + time;
  const frames = records.reduce((sum, record) => sum + record.frames, 0);
  const first = records[0]?.firstPts ?? null;
  const [from, to] = [at(settings.start), at(settings.end)];
  if (frames !== settings.frames || first === null) return { from, to };
  const rate = frameRate ?? usualRate;
  return { from, to: (first * timeBase.num) / timeBase.den + (frames * rate.den) / rate.num };
}

/**
 * Containers and bare streams that may begin anywhere: the references of their first pictures may
 * never have been in the file.
 */
const beginAnywhere = new Set(['mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc']);

/** The damage that decoding the video showed; `null` for none. */
function brokenVideo(
  { source, range }: JobPlan,
  records: readonly SegmentRecord[],
  leading: number,
): Damage | null {
  const { timeBase, index } = source.video;
  const mayLack = range.from === undefined && (leading > 0 || beginAnywhere.has(source.container));
  const complaints = records.map((record, number) =>
    number === 0 && mayLack
      ? record.complaints.count - record.complaints.unstarted
      : record.complaints.count,
  );
  const count = complaints.reduce((sum, each) => sum + each, 0);
  const damaged = records.reduce((sum, record) => sum + record.damagedFrames.length, 0);
  const lost = records.reduce((sum, record) => sum + record.lostPackets, 0);
  const told = records.filter((_, number) => complaints[number]! > 0);
  const silent = mayLack ? 0 : damaged;
  if (count === 0 && silent === 0) return null;
  const seconds = (pts: number | null | undefined): number | null =>
    pts === null || pts === undefined ? null : (pts * timeBase.num) / timeBase.den;
  const text = told[0]?.complaints.text.replace(/\.$/, '');
  return {
    stream: index,
    what:
      text === undefined
        ? `${damaged} frames are broken`
        : `its decoder says "${text}"${count > 1 ? ` and ${count - 1} more` : ''}${lost > 0 ? `; ${lost} of its packets gave no frame` : ''}`,
    from: seconds(told[0]?.complaints.firstPts),
    to: seconds(told.at(-1)?.complaints.lastPts),
  };
}

/** All damage in the part of the source that a job takes. */
export function allDamage(
  plan: JobPlan,
  records: readonly SegmentRecord[],
  report: SourceReport,
): Damage[] {
  const { index } = plan.source.video;
  const leading = report.census.streams.get(index)?.leading ?? 0;
  const broken = brokenVideo(plan, records, leading);
  const found = [...report.damages, ...(broken === null ? [] : [broken])];
  const lost = found.some(({ stream }) => stream === index)
    ? null
    : lostFrames(plan, records, report).damage;
  if (lost !== null) found.push(lost);
  if (found.length === 0 && records.some(({ truncated }) => truncated)) {
    const end = report.census.streams.get(index)?.reached ?? null;
    found.push({ stream: null, what: 'it breaks off', from: end, to: null });
  }
  const range = wantedRange(plan, records);
  return found.filter((damage) => touches(damage, range));
}

/** Throws unless damage is allowed or there is none. */
export function refuseDamage(plan: JobPlan, damages: readonly Damage[]): void {
  if (damages.length === 0 || plan.settings.allowDamaged) return;
  throw new VsrError(
    'media',
    `${damageSentence(plan.source, damages)}. Take what there is with the same command and --allow-damaged: what is done is kept.`,
  );
}

/** What an output lacks because its source was damaged, and which pictures that may garble. */
export function damageNotes(
  { source }: JobPlan,
  damages: readonly Damage[],
  { census }: SourceReport,
): Announcement[] {
  const tally = census.streams.get(source.video.index);
  return damages.map((damage) => {
    const garbled = garbledWords(source, damage, tally);
    return {
      kind: 'missing',
      what: `part of the source (${streamName(source, damage.stream)})`,
      why: `${damageWords(damage)}${garbled === '' ? '' : `. ${garbled}`}`,
    };
  });
}

/**
 * Packets before the first key frame, which no decoder makes a frame of: how a recording begins is
 * no damage.
 */
export function leadingNotes(plan: JobPlan, { census }: SourceReport): Announcement[] {
  const leading = census.streams.get(plan.source.video.index)?.leading ?? 0;
  if (leading === 0 || plan.range.from !== undefined) return [];
  return [
    {
      kind: 'missing',
      what: `${leading} packets before the first key frame`,
      why: 'the pictures that they build on are not in the source',
    },
  ];
}
