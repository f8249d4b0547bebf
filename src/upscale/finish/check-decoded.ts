import { VsrError } from '../../errors.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/** Throws VsrError `media` unless there is something to join. */
export function checkDecoded(plan: JobPlan, records: readonly SegmentRecord[]): void {
  if (records.some(({ frames }) => frames > 0)) return;
  const said = records.flatMap((record) => record.messages).at(-1);
  const why = said === undefined ? '' : ` ffmpeg says: ${said.replace(/\.?$/, '.')}`;
  throw new VsrError('media', `No frame of ${plan.input} could be decoded.${why}`);
}
