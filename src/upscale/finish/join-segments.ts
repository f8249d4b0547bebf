import { randomBytes } from 'node:crypto';
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
  census: SourceCensus,
): Promise<JoinedClip> {
  // A unique name: an ffmpeg that outlived a killed vsr (here, or on another machine where the
  // process had the same number) must not write into this file.
  const own = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const name = `joined.${own}${path.extname(plan.paths.output)}`;
  const file = path.join(folder.path, name);
  const videos = folder.plan.segments.flatMap((segment, i) => {
    const record = records[i];
    return record === undefined || record.frames === 0 ? [] : [folder.files(segment, record).video];
  });
  const { stallTimeoutMs, allowDamaged } = plan.settings;
  const joined = await remux(
    ffmpeg,
    { source: plan.source, plan: plan.outputPlan, videoFiles: videos, output: file },
    {
      ...{ signal, stallTimeoutMs, allowDamaged, census },
    },
  );
  return { file, ...joined };
}
