import path from 'node:path';
import type { SourceCensus } from '../../media/damage/source-census.js';
import { remux, type Remuxed } from '../../media/join/remux.js';
import type { JobContext } from '../segments/job-context.js';
import type { SegmentRecord } from '../segments/segment-record.js';
import type { WorkFolder } from '../segments/work-folder.js';

/** The whole clip, still in the work folder. */
export type JoinedClip = { readonly file: string } & Remuxed;

/** Joins the segments' videos, and puts everything that is not video beside them. */
export async function joinSegments(
  { ffmpeg, plan, signal }: JobContext,
  folder: WorkFolder,
  records: readonly SegmentRecord[],
  { complaints: heard }: SourceCensus,
): Promise<JoinedClip> {
  // A process of its own name: an ffmpeg that outlived a killed vsr must not write into this one's
  // file.
  const name = `joined.${process.pid}${path.extname(plan.paths.output)}`;
  const file = path.join(folder.path, name);
  const videos = folder.plan.segments.flatMap((segment, i) =>
    (records[i]?.frames ?? 0) > 0 ? [folder.files(segment).video] : [],
  );
  const { stallTimeoutMs, allowDamaged } = plan.settings;
  const joined = await remux(ffmpeg, plan.source, plan.outputPlan, videos, file, {
    ...{ signal, stallTimeoutMs, allowDamaged, heard },
  });
  return { file, ...joined };
}
