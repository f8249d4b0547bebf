// Runs in the browser.
import type { MachinesView } from '../machines/machines-view.js';
import { duration } from './words.js';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The workers of one kind of machine and the work for them, in a sentence. */
export function laneWords(lane: MachinesView['lanes'][number]): string {
  const { what, workers, paused, openClips, openSeconds } = lane;
  const who = workers === 0 ? 'no workers' : counted(workers, 'worker');
  const time = openSeconds === null ? '' : `, ${duration(openSeconds)} of one worker’s time`;
  const work = openClips === 0 ? 'no open clips' : `${counted(openClips, 'open clip')}${time}`;
  return `${what}: ${who}, ${work}${paused ? ', paused' : ''}.`;
}

/** What a worker is doing, how much it has done, and which shared folders it has. */
export function workerWords(worker: MachinesView['workers'][number]): string {
  const { doing, segmentsDone, roots } = worker;
  const done = `${counted(segmentsDone, 'segment')} done`;
  // Names that begin with @ are those of clips submitted with --share, not of folders.
  const folders = roots.filter((root) => !root.startsWith('@'));
  return `${doing ?? 'waits'}; ${done}; ${folders.length === 0 ? 'no shared folder' : `has ${folders.join(', ')}`}`;
}
