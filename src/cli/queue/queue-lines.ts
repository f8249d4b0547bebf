import type { ClipView, LaneView, Overview } from '../../queue/control/overview.js';
import type { SeenWorker } from '../../queue/redis/book.js';
import { showTime } from '../../show-time.js';
import { screenWidth } from '../display/say.js';
import { formatTable } from '../display/table.js';
import { printable } from '../../printable.js';

function laneLine(lane: LaneView): string {
  const { fingerprint, workers, paused, waiting, active, openClips, openSeconds } = lane;
  const { ffmpeg, provider, cores } = fingerprint;
  const work =
    openClips === 0
      ? 'no open clips'
      : openSeconds === null
        ? `${openClips} open clips`
        : `${openClips} open clips, ${showTime(openSeconds)} of one worker’s time`;
  const served =
    workers > 0 ? `${workers} ${workers === 1 ? 'worker' : 'workers'}` : 'NOBODY serves it';
  const state = paused ? ', paused' : '';
  return `${fingerprint.id} (ffmpeg ${ffmpeg}, ${provider}, ${cores} cores): ${served}${state}; ${work}; jobs: ${waiting} wait, ${active} under way`;
}

/** Clips as a table; what failed says why below it. */
export function clipLines(clips: readonly ClipView[]): string[] {
  if (clips.length === 0) return ['No clips.'];
  const rows = clips.map(({ id, state, done, frames, priority, input }) => [
    id,
    state,
    frames === null ? String(done) : `${done}/${frames}`,
    priority,
    printable(input),
  ]);
  const header = ['clip', 'state', 'frames', 'priority', 'input'];
  const table = formatTable(header, rows, {
    right: new Set([2]),
    width: screenWidth(process.stdout, 120),
  });
  const causes = clips.flatMap(({ id, cause }) =>
    cause === null ? [] : [printable(`${id}: ${cause}`)],
  );
  return [table, ...causes];
}

/** Everything in a queue, for people. */
export function statusLines({ queue, lanes, clips }: Overview): string[] {
  const found = lanes.length === 0 ? ['No workers, and no work.'] : lanes.map(laneLine);
  return [queue, ...found.map(printable), '', ...clipLines(clips)];
}

/** Workers as a table. */
export function workerLines(workers: readonly SeenWorker[]): string[] {
  if (workers.length === 0) return ['No workers.'];
  const rows = workers.map((worker) => [
    printable(worker.name),
    worker.fingerprint,
    printable(worker.roots.join(' ')),
    String(worker.segmentsDone),
    String(worker.failures),
    `${(worker.silentMs / 1000).toFixed(1)} s`,
    printable(worker.doing ?? ''),
  ]);
  const header = ['worker', 'fingerprint', 'roots', 'segments', 'failures', 'seen', 'doing'];
  return [
    formatTable(header, rows, {
      right: new Set([3, 4, 5]),
      width: screenWidth(process.stdout, 120),
    }),
  ];
}
