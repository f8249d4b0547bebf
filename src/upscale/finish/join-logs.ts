import path from 'node:path';
import { openFrameLog, readFrameLog, type LogSummary } from '../../metrics/frame-log.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { SegmentRecord } from '../segments/segment-record.js';
import type { WorkFolder } from '../segments/work-folder.js';

/**
 * The whole clip's log, still in the work folder, and what it says; both `null` where none is
 * wanted.
 */
export type JoinedLog = { readonly file: string | null; readonly summary: LogSummary | null };

/**
 * Joins the segments' rows into one log with continuous frame numbers; `null` where no log is
 * wanted.
 */
export async function joinLogs(
  plan: JobPlan,
  folder: WorkFolder,
  records: readonly SegmentRecord[],
): Promise<JoinedLog> {
  if (plan.paths.log === null) return { file: null, summary: null };
  const file = path.join(folder.path, `joined-log${path.extname(plan.paths.log)}`);
  await using log = await openFrameLog(file);
  let first = 0;
  let start: { readonly pts: number; readonly ptsTime: number } | undefined;
  for (const [i, segment] of folder.plan.segments.entries()) {
    const record = records[i];
    if (record === undefined || record.frames === 0) continue;
    for await (const row of readFrameLog(folder.files(segment, record).rows)) {
      // With --start, times count from the first frame that is kept.
      start ??= plan.settings.start === null ? { pts: 0, ptsTime: 0 } : row;
      await log.write({
        ...row,
        frame: first + row.frame,
        pts: row.pts - start.pts,
        ptsTime: row.ptsTime - start.ptsTime,
      });
    }
    first += record.frames;
  }
  return { file, summary: await log.finish() };
}
