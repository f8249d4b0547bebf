import { VsrError } from '../errors.js';
import type { Rect } from '../planes/rect.js';
import type { ScoredFrame } from './scores/score-frame.js';

/** What a frame leaves to the next one, in memory that all threads share. */
export type FrameTrace = ScoredFrame & {
  /** `Frame.index`, for messages. */
  readonly index: number;
  /** Inputs of the frames around it, two before and two after; empty where none is steadied. */
  readonly around: readonly (Uint8Array | null)[];
  /** Its luma averaged with theirs, which is what the network sees; `null` for its own. */
  readonly steadied: Uint8Array | null;
  /** 1 once `steadied` is filled. */
  readonly ready: Int32Array;
  /** 0 while the frame is being made, then 1, or 2 if that failed. */
  readonly state: Int32Array;
  /**
   * How many runs threads have begun, and how many they have ended: idle threads help with a frame.
   */
  readonly runs: Int32Array;
};

/** Blocks this thread until the frame before is whole; returns the milliseconds that took. */
export function awaitFrame(before: FrameTrace, stop: Int32Array): number {
  const begun = performance.now();
  while (Atomics.load(before.state, 0) === 0) {
    throwIfStopped(stop);
    Atomics.wait(before.state, 0, 0, 20);
  }
  if (Atomics.load(before.state, 0) !== 1) {
    throw new VsrError('model', 'The frame before failed.');
  }
  return performance.now() - begun;
}

/** What the network sees of a frame; only its luma is to be looked at. */
export function seenLuma({ steadied, input }: FrameTrace): Uint8Array {
  return steadied ?? input;
}

/** Blocks this thread until what the network sees of a frame is there. */
export function awaitSeen({ steadied, ready, state }: FrameTrace, stop: Int32Array): void {
  while (steadied !== null && Atomics.load(ready, 0) === 0) {
    throwIfStopped(stop);
    if (Atomics.load(state, 0) === 2) throw new VsrError('model', 'Another thread failed.');
    Atomics.wait(ready, 0, 0, 20);
  }
}

/** Tells whoever waits that what the network sees of a frame is there. */
export function announceSeen({ ready }: FrameTrace): void {
  Atomics.store(ready, 0, 1);
  Atomics.notify(ready, 0);
}

/** Tells whoever waits what became of a frame. */
export function announceFrame(trace: FrameTrace, whole: boolean): void {
  Atomics.store(trace.state, 0, whole ? 1 : 2);
  Atomics.notify(trace.state, 0);
}

/** Places in a trace's `runs`. */
const [BEGUN, ENDED] = [0, 1];

/**
 * Does those of `rects` that no other thread has begun; each is done once, by whichever thread
 * comes first. Throws VsrError `interrupted` once `stop` is set.
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
