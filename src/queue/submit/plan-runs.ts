import type { SegmentRun } from '../job/payload.js';

/**
 * Segments that one job makes, at most. When a worker is lost, the rest of its run waits until the
 * job's lock has expired, so runs must not be long.
 */
const longestRun = 4;

/**
 * Jobs, at most, of a clip that must be decoded from its beginning to reach a segment. Every job
 * does that again, and it takes 1.3 % of the time of enlarging.
 */
const mostBlindJobs = 10;

/** How a clip's segments may be spread over machines. */
export type Spread =
  /** Decoding can begin at any segment. */
  | 'anywhere'
  /** Decoding always begins at the clip's beginning: the file cannot be sought in. */
  | 'blind'
  /** A segment can be made only after the one before it: one worker makes all of them. */
  | 'in order';

/**
 * Divides the segments that are not done into runs for about `workers` machines. The first runs are
 * long, the later ones ever shorter, so that the end of a clip does not wait long for a slow
 * machine.
 */
export function planRuns(done: readonly boolean[], spread: Spread, workers: number): SegmentRun[] {
  if (spread === 'in order') return done.every(Boolean) ? [] : [{ from: 0, to: done.length }];
  const open = done.filter((isDone) => !isDone).length;
  const even = Math.ceil(open / mostBlindJobs);
  const runs: SegmentRun[] = [];
  let left = open;
  for (let from = 0; from < done.length;) {
    if (done[from]) {
      from++;
      continue;
    }
    const fair = Math.ceil(left / (2 * workers));
    const wanted = spread === 'blind' ? even : Math.min(longestRun, fair);
    let to = from + 1;
    while (to < done.length && !done[to] && to - from < wanted) to++;
    runs.push({ from, to });
    left -= to - from;
    from = to;
  }
  return runs;
}
