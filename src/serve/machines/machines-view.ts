import type { ClipView, LaneView, Overview } from '../../queue/control/overview.js';
import type { SeenWorker } from '../../queue/redis/book.js';

/** A clip that others submitted. */
export type OthersClip = Pick<
  ClipView,
  'id' | 'input' | 'state' | 'done' | 'frames' | 'priority' | 'cause' | 'openSeconds'
>;

/** What the page shows of a queue of many machines. */
export type MachinesView = {
  /** Address, without its password. */
  readonly queue: string;
  /** Why nothing is known of it now, in a sentence; `null` while it answers. */
  readonly problem: string | null;
  readonly workers: readonly Pick<
    SeenWorker,
    'id' | 'name' | 'fingerprint' | 'roots' | 'doing' | 'segmentsDone'
  >[];
  readonly lanes: readonly (Pick<LaneView, 'workers' | 'paused' | 'openClips' | 'openSeconds'> & {
    readonly id: string;
    /** What these machines are, for people. */
    readonly what: string;
  })[];
  /** Open ones first, oldest first; then what has ended, newest first. */
  readonly clips: readonly OthersClip[];
  /** How many more there are. */
  readonly more: number;
};

/** Most clips of others that are shown. */
const mostClips = 100;

/** Nothing is known yet. */
export function emptyView(queue: string): MachinesView {
  return { queue, problem: null, workers: [], lanes: [], clips: [], more: 0 };
}

/**
 * What to show of a queue: nothing that changes all the time, and no clip whose output is among
 * `own`, in the names that machines share.
 */
export function viewOf(overview: Overview, own: ReadonlySet<string>): MachinesView {
  const { queue, workers, lanes, clips } = overview;
  const others = clips.filter(({ output }) => !own.has(output));
  const open = others.filter(({ state }) => state === 'open');
  const ended = others.filter(({ state }) => state !== 'open').reverse();
  const shown = [...open, ...ended].slice(0, mostClips);
  return {
    queue,
    problem: null,
    workers: workers.map(({ id, name, fingerprint, roots, doing, segmentsDone }) => ({
      ...{ id, name, fingerprint, roots, doing, segmentsDone },
    })),
    lanes: lanes.map(({ fingerprint, workers: count, paused, openClips, openSeconds }) => ({
      ...{ id: fingerprint.id, workers: count, paused, openClips, openSeconds },
      what: `ffmpeg ${fingerprint.ffmpeg}, ${fingerprint.provider}, ${fingerprint.cores} cores`,
    })),
    clips: shown.map(({ id, input, state, done, frames, priority, cause, openSeconds }) => ({
      ...{ id, input, state, done, frames, priority, cause, openSeconds },
    })),
    more: others.length - shown.length,
  };
}
