import { VsrError } from '../errors.js';
import type { Rect } from './bicubic/enlarge-plane.js';
import type { FrameTrace } from './reuse/frame-reuse.js';

/** Places in a trace's `runs`. */
const [BEGUN, ENDED] = [0, 1];

/**
 * Does those of `rects` that no other thread has begun; each is done once, by whichever thread comes
 * first. Throws VsrError `interrupted` once `stop` is set.
 */
export async function doRuns(
  { runs }: FrameTrace,
  rects: readonly Rect[],
  stop: Int32Array,
  run: (rect: Rect) => Promise<void>,
): Promise<void> {
  for (;;) {
    const rect = rects[Atomics.add(runs, BEGUN, 1)];
    if (rect === undefined) return;
    throwIfStopped(stop);
    await run(rect);
    Atomics.add(runs, ENDED, 1);
    Atomics.notify(runs, ENDED);
  }
}

/** Blocks this thread until the runs of others, of `count` in all, are done too. */
export function awaitRuns({ runs, state }: FrameTrace, count: number, stop: Int32Array): void {
  for (;;) {
    const ended = Atomics.load(runs, ENDED);
    if (ended >= count) return;
    throwIfStopped(stop);
    if (Atomics.load(state, 0) !== 0) throw new VsrError('model', 'Another thread failed.');
    Atomics.wait(runs, ENDED, ended, 20);
  }
}

/** Throws VsrError `interrupted` once the one number of `stop` is not 0. */
export function throwIfStopped(stop: Int32Array): void {
  if (Atomics.load(stop, 0) !== 0) throw new VsrError('interrupted', 'Stopped.');
}
