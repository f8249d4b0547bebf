import { rm } from 'node:fs/promises';
import type { StoredPlan } from '../../upscale/segments/stored-plan.js';
import { segmentFiles, type WorkFolder } from '../../upscale/segments/work-folder.js';
import { newAttempt } from '../job/attached-folder.js';
import type { SegmentRun } from '../job/payload.js';
import type { ShareClient } from './share-client.js';

/**
 * A work folder of this worker alone. Its segments are sent to the submitter, and count once the
 * submitter has received them. Its plan holds only the segments of `run`.
 */
export function sendingFolder(
  folder: string,
  plan: StoredPlan,
  run: SegmentRun,
  client: ShareClient,
): WorkFolder {
  const local = newAttempt();
  return {
    path: folder,
    plan: { ...plan, segments: plan.segments.slice(run.from, run.to) },
    files: (segment) => segmentFiles(folder, segment, local),
    finished: ({ number }) => client.finished(number),
    async finish(segment, made) {
      const { video, rows } = segmentFiles(folder, segment, local);
      try {
        const record = { ...made, attempt: null };
        return await client.send(segment.number, { video, rows }, record, newAttempt);
      } finally {
        await Promise.all([video, rows].map((file) => rm(file, { force: true })));
      }
    },
  };
}
