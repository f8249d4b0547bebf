import type { SegmentRun } from '../job/payload.js';

/** Segments that one job makes at most: what a lost worker had done of them is kept, but waits. */
const longestRun = 4;

/**
 * Jobs at most for a clip whose segments are all reached by decoding from its beginning: each job
 * does that anew, and it takes 1.3 % of the time of enlarging.
 */
const mostBlindJobs = 10;

/** How a clip's segments may be spread. */
export type Spread =
  /** Each can be decoded from its own place. */
  | 'anywhere'
  /** Each is reached by decoding from the clip's beginning. */
  | 'blind'
  /** The frames before a segment must be counted first: one worker makes them all, in order. */
  | 'in order';

/**
 * Divides the segments that are not done among about `workers` machines: long runs first, and ever
 * shorter ones, so that at the end nobody waits long for a slow one.
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
