import { VsrError } from '../errors.js';
import type { Rect } from '../planes/rect.js';
import type { ScoredFrame } from './scores/score-frame.js';

/** A frame being enlarged, with what the next frame needs of it, in memory that threads share. */
export type FrameTrace = ScoredFrame & {
  /** `Frame.index`, for messages. */
  readonly index: number;
  /** Inputs of the frames around it, two before and two after; empty where luma is not averaged. */
  readonly around: readonly (Uint8Array | null)[];
  /** Its luma averaged with theirs, which the network sees; `null` where its own luma is seen. */
  readonly steadied: Uint8Array | null;
  /** 1 once `steadied` is filled. */
  readonly ready: Int32Array;
  /** 0 while the frame is being made, then 1, or 2 if that failed. */
  readonly state: Int32Array;
  /** How many runs have begun, and how many ended: idle threads take some of a frame's runs. */
  readonly runs: Int32Array;
};

/**
 * Blocks this thread until the frame before is whole; returns the milliseconds that took. Throws
 * VsrError `model` where that frame failed, `interrupted` once `stop` is set.
 */
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

/** The frame that the network sees; only its luma may be used. */
export function seenLuma({ steadied, input }: FrameTrace): Uint8Array {
  return steadied ?? input;
}

/** Blocks this thread until the luma that the network sees is there. */
export function awaitSeen({ steadied, ready, state }: FrameTrace, stop: Int32Array): void {
  while (steadied !== null && Atomics.load(ready, 0) === 0) {
    throwIfStopped(stop);
    if (Atomics.load(state, 0) === 2) throw new VsrError('model', 'Another thread failed.');
    Atomics.wait(ready, 0, 0, 20);
  }
}

/** Wakes threads that wait for the luma that the network sees. */
export function announceSeen({ ready }: FrameTrace): void {
  Atomics.store(ready, 0, 1);
  Atomics.notify(ready, 0);
}

/** Wakes threads that wait for a frame; `whole` says whether it succeeded. */
export function announceFrame(trace: FrameTrace, whole: boolean): void {
  Atomics.store(trace.state, 0, whole ? 1 : 2);
  Atomics.notify(trace.state, 0);
}

/** Indices in a trace's `runs`. */
const [BEGUN, ENDED] = [0, 1];

/**
 * Runs those of `rects` that no other thread has begun; each is run once, by the thread that comes
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

/** Blocks this thread until other threads, too, have ended their runs, `count` in all. */
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
