// Runs in the browser.
import type { MachinesView } from '../machines/machines-view.js';
import { duration } from './words.js';

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The work for machines of one kind, in a sentence. */
export function laneWords(lane: MachinesView['lanes'][number]): string {
  const { what, workers, paused, openClips, openSeconds } = lane;
  const who = workers === 0 ? 'nobody works for it' : counted(workers, 'worker');
  const time = openSeconds === null ? '' : `, ${duration(openSeconds)} of one worker’s time`;
  const work = openClips === 0 ? 'no open clips' : `${counted(openClips, 'open clip')}${time}`;
  return `${what}: ${who}, ${work}${paused ? ', paused' : ''}.`;
}

/** What a worker does and has done. */
export function workerWords(worker: MachinesView['workers'][number]): string {
  const { doing, segmentsDone, roots } = worker;
  const done = `${counted(segmentsDone, 'segment')} done`;
  // Names that begin with @ are no folders: the clips of --share.
  const folders = roots.filter((root) => !root.startsWith('@'));
  return `${doing ?? 'waits'}; ${done}; ${folders.length === 0 ? 'no shared folder' : `has ${folders.join(', ')}`}`;
}
