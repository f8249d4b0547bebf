import { sourceCensus } from '../../src/media/damage/source-census.js';
import { remux } from '../../src/media/join/remux.js';
import { verifyOutput } from '../../src/media/join/verify.js';
import type { Announcement, OutputPlan } from '../../src/media/output/output-plan.js';
import type { Ffmpeg } from '../../src/media/program/ffmpeg.js';
import type { Source } from '../../src/media/source/source.js';

/** An enlarged video's encoded segments, and what the joined output is compared with. */
export type CheckedJoin = {
  readonly source: Source;
  readonly plan: OutputPlan;
  /** Segments of the enlarged video, in order. */
  readonly files: readonly string[];
  readonly output: string;
  readonly frames: number;
  /** When the first frame is shown, in ticks of the source's video. */
  readonly firstPts: number;
};

/** Joins and verifies as a job does; returns the notes on what differs from the source. */
export async function joinChecked(ffmpeg: Ffmpeg, job: CheckedJoin): Promise<Announcement[]> {
  const { source, plan, files, output, frames } = job;
  const all = new Set(source.streams.map(({ index }) => index));
  const options = { decodeSound: true, moments: plan.trim !== null };
  const census = await sourceCensus(ffmpeg, source, all, options);
  const { late, cut } = await remux(
    ffmpeg,
    { source, plan, videoFiles: files, output },
    {
      census,
    },
  );
  const { num, den } = source.video.timeBase;
  const firstFrame = (job.firstPts * num) / den;
  const told = await verifyOutput(ffmpeg, output, {
    ...{ source, census, plan, frames, firstFrame, cut },
  });
  return [...late, ...told];
}
