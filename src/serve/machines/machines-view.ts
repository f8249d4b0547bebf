import type { ClipView, LaneView, Overview } from '../../queue/control/overview.js';
import type { SeenWorker } from '../../queue/redis/book.js';

/** A clip of the queue in Redis that was not submitted by this page. */
export type OthersClip = Pick<
  ClipView,
  'id' | 'input' | 'state' | 'done' | 'frames' | 'priority' | 'cause' | 'openSeconds'
>;

/** What the page shows of a queue in Redis and its machines. */
export type MachinesView = {
  /** The queue's address, without its password. */
  readonly queue: string;
  /** Why nothing is known of the queue now, in a sentence; `null` while it answers. */
  readonly problem: string | null;
  readonly workers: readonly Pick<
    SeenWorker,
    'id' | 'name' | 'fingerprint' | 'roots' | 'doing' | 'segmentsDone'
  >[];
  readonly lanes: readonly (Pick<LaneView, 'workers' | 'paused' | 'openClips' | 'openSeconds'> & {
    readonly id: string;
    /** What these machines have in common, in words. */
    readonly what: string;
  })[];
  /** Open clips, oldest first; then ended ones, newest first. */
  readonly clips: readonly OthersClip[];
  /** How many more clips there are. */
  readonly more: number;
};

/** Most clips of others that are shown. */
const mostClips = 100;

/** The view of a queue of which nothing is known yet. */
export function emptyView(queue: string): MachinesView {
  return { queue, problem: null, workers: [], lanes: [], clips: [], more: 0 };
}

/**
 * The view of a queue, without figures that change all the time and without the clips whose output
 * is in `own` (names as the machines share them, `root:path`).
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
