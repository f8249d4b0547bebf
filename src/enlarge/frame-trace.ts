import { VsrError } from '../errors.js';
import type { Rect } from '../planes/rect.js';

/** What a frame leaves to the next one, in memory that all threads share. */
export type FrameTrace = {
  /** `Frame.index`, for messages. */
  readonly index: number;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** 0 while the frame is being made, then 1, or 2 if that failed. */
  readonly state: Int32Array;
  /**
   * How many runs threads have begun, and how many they have ended: idle threads help with a frame.
   */
  readonly runs: Int32Array;
  /** The standing scores' sums: two for each band of rows. */
  readonly sums: Float64Array;
};

/** Blocks this thread until the frame before is whole. */
export function awaitFrame(before: FrameTrace, stop: Int32Array): void {
  while (Atomics.load(before.state, 0) === 0) {
    throwIfStopped(stop);
    Atomics.wait(before.state, 0, 0, 20);
  }
  if (Atomics.load(before.state, 0) !== 1) {
    throw new VsrError('model', 'The frame before failed.');
  }
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
